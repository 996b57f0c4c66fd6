import { doubleColumn } from '../state/slot-column.ts'
import type { Catalogue } from './catalogue.ts'
import { drawUnderRules } from './draw-under-rules.ts'
import type { Choice, Choosing, PlanningAgent, Shown } from './planning-agent.ts'

export interface PopularityOptions {
  /** What each item had gathered before the first event, by slot; default: nothing. */
  counts?: ArrayLike<number>
  /** Events after which a reward counts half; default: every reward counts for ever. */
  halfLife?: number | undefined
}

/**
 * The items that have gathered most reward from everybody, the same for every user but for what may not be shown.
 *
 *     const agent = popularityAgent({ catalogue, options: { halfLife: 20_000 } })
 *     agent.observe(user, { item: 3, reward: 1, … }, true)
 *     agent.choose(user, { length: 1, … })   // [{ item: 3, propensity: 1, score: 1 }]
 *
 * It never explores, so its choices are certain. Among equals the one that came first is shown.
 */
export function popularityAgent(given: { catalogue: Catalogue; options?: PopularityOptions }): PlanningAgent {
  const { catalogue, options = {} } = given
  const growth = 2 ** (1 / (options.halfLife ?? Number.POSITIVE_INFINITY))
  const gathered = doubleColumn()
  // What is new is counted ever larger instead of what is old ever smaller.
  const scale = Float64Array.of(1)
  const counts = options.counts ?? []
  if (counts.length > 0) {
    gathered.reserve(counts.length)
    for (let item = 0; item < counts.length; item++) gathered.data[item] = counts[item]!
  }
  return {
    name: 'popularity',
    trainEvery: Number.POSITIVE_INFINITY,
    steps: 0,
    dropped: 0,
    resetUser() {},
    forgetUser() {},
    choose(_user: number, { length, allowed, rules = null }: Choosing): Choice[] {
      gathered.reserve(catalogue.itemCount)
      const { data } = gathered
      if (rules !== null) {
        const all = { scores: data, count: catalogue.itemCount, allowed }
        const list = drawUnderRules(all, rules, length, certain, () => 0)
        return list.map(choice => ({ ...choice, score: choice.score / scale[0]! }))
      }
      const best: number[] = []
      for (let item = 0; item < catalogue.itemCount; item++) {
        if (best.length === length && data[item]! <= data[best[length - 1]!]!) continue
        if (!allowed(item)) continue
        let place = best.length
        while (place > 0 && data[item]! > data[best[place - 1]!]!) place -= 1
        best.splice(place, 0, item)
        if (best.length > length) best.pop()
      }
      return best.map(item => ({ item, propensity: 1, score: data[item]! / scale[0]! }))
    },
    distribution(user: number, how: Choosing): Float64Array {
      const chances = new Float64Array(catalogue.itemCount)
      for (const { item } of this.choose(user, { ...how, length: 1 })) chances[item] = 1
      return chances
    },
    observe(_user: number, { item, reward }: Shown, learn: boolean) {
      if (!learn) return
      gathered.reserve(item + 1)
      scale[0]! *= growth
      gathered.data[item]! += reward * scale[0]!
      if (scale[0]! < limit) return
      for (let k = 0; k < gathered.data.length; k++) gathered.data[k]! /= scale[0]!
      scale[0] = 1
    },
    train() {},
    save: () => ({ gathered: gathered.save(catalogue.itemCount), scale: scale.slice() }),
    restore(arrays) {
      gathered.restore(arrays['gathered'] as Float64Array)
      scale.set(arrays['scale'] as Float64Array)
    },
    dispose() {},
  }
}

const limit = 1e100
const certain = { epsilon: 0, temperature: 0 }
