import { type TopList, topList } from '../../../../ranking/top-list.ts'
import type { Baseline, ServedEvent } from './baseline.ts'

/** Items by their events of late, best first, as far as they are kept. */
export interface PopularItems {
  readonly top: TopList
  learn(event: ServedEvent): void
}

/** Events `halfLife` events ago count half; the best thousand items are known in their order. */
export function popularItems(items: number, halfLife: number): PopularItems {
  const counts = new Float64Array(items)
  const growth = 2 ** (1 / halfLife)
  const top = topList(1_000, item => counts[item]!)
  for (let item = 0; item < items; item++) top.reset(item)
  // New events weigh more instead of old ones shrinking.
  let weight = 1
  return {
    top,
    learn({ item }) {
      weight *= growth
      counts[item]! += weight
      top.changed(item)
      if (weight < 1e200) return
      for (let each = 0; each < items; each++) counts[each]! /= weight
      weight = 1
    },
  }
}

/** The same for everybody: what is popular of late. */
export function decayedPopularity(items: number, halfLife: number, counts: (event: ServedEvent) => boolean): Baseline {
  const popular = popularItems(items, halfLife)
  return {
    score(_user, _time, add) {
      for (let place = 0; place < popular.top.size; place++) add(popular.top.at(place), 1 / (place + 1))
    },
    learn(event) {
      if (counts(event)) popular.learn(event)
    },
  }
}
