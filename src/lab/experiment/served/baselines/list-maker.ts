import type { Baseline, ServedEvent } from './baseline.ts'
import { popularItems } from './popular.ts'

/** Lists of a baseline. */
export interface ListMaker {
  /** The best items of those that may be shown, best first. */
  list(user: number, time: number, may: (item: number) => boolean): number[]
  learn(event: ServedEvent): void
}

/** What a baseline scores highest, and then what is popular of late. */
export function listMaker(baseline: Baseline, items: number, length: number): ListMaker {
  const popular = popularItems(items, 2_000)
  const scores = new Float64Array(items)
  const touched: number[] = []
  const add = (item: number, score: number) => {
    if (scores[item] === 0) touched.push(item)
    scores[item]! += score
  }
  return {
    list(user, time, may) {
      baseline.score(user, time, add)
      const best: number[] = []
      for (const item of touched) {
        const score = scores[item]!
        if (best.length === length && scores[best[length - 1]!]! >= score) continue
        if (!may(item)) continue
        if (best.length === length) best.pop()
        let place = best.length
        while (place > 0 && scores[best[place - 1]!]! < score) place -= 1
        best.splice(place, 0, item)
      }
      for (const item of touched) scores[item] = 0
      touched.length = 0
      for (let place = 0; best.length < length && place < popular.top.size; place++) {
        const item = popular.top.at(place)
        if (!best.includes(item) && may(item)) best.push(item)
      }
      return best
    },
    learn(event) {
      baseline.learn(event)
      popular.learn(event)
    },
  }
}
