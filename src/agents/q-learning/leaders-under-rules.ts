import type { ListRules } from '../../rules/place-rules.ts'
import { keysUnderRules, type Scored } from '../draw-under-rules.ts'
import type { Leaders } from './leaders.ts'

/** The best items by cluster of those that rules leave in the next place; what is taken stands in it. */
export function leadersUnderRules(
  scored: Scored,
  clusters: number,
  clusterOf: (item: number) => number,
  rules: ListRules,
): Leaders {
  const { places } = rules
  const { items, keys, span } = keysUnderRules(scored, rules, 0)
  const open = new Int32Array(items.length)
  /** Place in `items` of each cluster's leader, −1 without one. */
  const leaders = new Int32Array(clusters)
  let clustersLeft: number[] = []

  const settle = (): void => {
    leaders.fill(-1)
    const best = new Float64Array(clusters)
    const held = places.open(items, items.length, open)
    for (let k = 0; k < held; k++) {
      const at = open[k]!
      const cluster = clusterOf(items[at]!)
      const key = keys[at]! - (span === 0 ? 0 : span * places.loss(items[at]!))
      if (leaders[cluster]! >= 0 && !(key > best[cluster]!)) continue
      leaders[cluster] = at
      best[cluster] = key
    }
    clustersLeft = [...leaders.keys()].filter(cluster => leaders[cluster]! >= 0)
  }
  settle()

  return {
    get open() {
      return clustersLeft
    },
    item: cluster => (leaders[cluster]! < 0 ? -1 : items[leaders[cluster]!]!),
    take(cluster) {
      const at = leaders[cluster]!
      places.take(items[at]!)
      items.splice(at, 1)
      keys.splice(at, 1)
      settle()
    },
  }
}
