import { orderStatistic } from '../../state/order-statistic.ts'
import { doubleColumn } from '../../state/slot-column.ts'
import { slotMask } from '../item-tags.ts'
import type { OnlineRanker } from '../online-ranker.ts'
import { channels } from '../transitions.ts'
import type { CandidateSource } from './candidate-source.ts'

/** What followed the user's last items. */
export interface Followers extends CandidateSource {
  /** How often one of the user's last items was followed by this one at most, and which; times 0 if never. */
  ledBy(user: number, item: number): { after: number; times: number }
  reset(item: number): void
  reserve(items: number): void
}

/** Items by how strongly they followed the user's last ten, Σ .85^h C[q_h, j] / ((n_q + 10) ∛(n_j + 10)). */
export function followers({
  transitions,
  popularity,
  own,
}: Pick<OnlineRanker, 'transitions' | 'popularity' | 'own'>): Followers {
  const history = new Int32Array(own.length)
  const pull = doubleColumn()
  let touched = new Int32Array(1024)
  let pulls = new Float64Array(1024)

  /** Items that followed the last ones and may be found into `touched`, with how strongly in `pull`; returns how many. */
  const follow = (before: Int32Array, held: number, allowed: (item: number) => boolean): number => {
    const { items, weights, scale: now } = transitions
    const strength = pull.data
    let count = 0
    for (let h = 0, weight = 1; h < Math.min(held, reach); h++, weight *= 0.85) {
      const last = before[h]!
      if (last < 0) continue
      const scale = (now * weight) / (popularity.count(last) + 10)
      const end = transitions.to(last)
      for (let k = transitions.from(last); k < end; k++) {
        const item = items[k]! & slotMask
        if (transitions.tag(item) !== items[k]) continue
        if (strength[item] === 0 && weights[k * channels]! > 0) {
          if (count === touched.length) touched = enlarged(touched)
          touched[count++] = item
        }
        strength[item] = strength[item]! + scale * weights[k * channels]!
      }
    }
    let kept = 0
    for (let k = 0; k < count; k++) {
      const item = touched[k]!
      if (allowed(item)) touched[kept++] = item
      else strength[item] = 0
    }
    return kept
  }

  /** The pull that at most `room` of the first `count` items exceed. */
  const leastPull = (count: number, room: number): number => {
    if (count <= room) return 0
    if (pulls.length < count) pulls = new Float64Array(2 * count)
    for (let k = 0; k < count; k++) {
      const item = touched[k]!
      pull.data[item]! /= Math.cbrt(popularity.count(item) + 10)
      pulls[k] = pull.data[item]!
    }
    return orderStatistic(pulls, count, count - room - 1)
  }

  return {
    find({ history: before, held, allowed }, into, room) {
      const found = follow(before, held, allowed)
      const least = leastPull(found, room)
      let count = 0
      for (let k = 0; k < found; k++) {
        const item = touched[k]!
        if (pull.data[item]! > least) into[count++] = item
        pull.data[item] = 0
      }
      return count
    },
    ledBy(user, item) {
      const { items, weights } = transitions
      const tag = transitions.tag(item)
      let [after, most] = [-1, 0]
      const held = Math.min(reach, own.read(user, history))
      for (let h = 0; h < held; h++) {
        const before = history[h]!
        if (before < 0) continue
        const end = transitions.to(before)
        for (let k = transitions.from(before); k < end; k++) {
          if (items[k] !== tag) continue
          const times = weights[k * channels + 3]!
          if (times > most) [after, most] = [before, times]
          break
        }
      }
      return { after, times: Math.round(most) }
    },
    reset(item) {
      pull.reserve(item + 1)
      pull.reset(item)
    },
    reserve: items => pull.reserve(items),
  }
}

/** How many of the user's last items lead to candidates. */
const reach = 10

function enlarged(items: Int32Array): Int32Array<ArrayBuffer> {
  const into = new Int32Array(2 * items.length)
  into.set(items)
  return into
}
