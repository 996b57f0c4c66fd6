import { seededRandom } from '../state/random.ts'
import type { Catalogue } from './catalogue.ts'
import { drawUnderRules, firstPlaceUnderRules } from './draw-under-rules.ts'
import type { Choice, Choosing, PlanningAgent } from './planning-agent.ts'

/**
 * Any item that is allowed, each with the same chance but for what rules boost; it learns nothing. Others are measured against it, and its log is
 * the best there is for judging a policy that was never served.
 *
 *     randomAgent({ catalogue, seed: 1 }).choose(user, { time, length: 1, allowed: () => true, explore: true })
 *     // [{ item: 17, propensity: 1 / catalogue.itemCount, score: 0 }]
 */
export function randomAgent({ catalogue, seed }: { catalogue: Catalogue; seed: number }): PlanningAgent {
  const random = seededRandom(seed, 'random agent')
  let left = new Int32Array(0)
  const drawing = { epsilon: 0, temperature: 1 }
  const alike = (allowed: (item: number) => boolean) => {
    const { itemCount: count } = catalogue
    return { scores: new Float32Array(count), count, allowed }
  }
  return {
    name: 'random',
    trainEvery: Number.POSITIVE_INFINITY,
    steps: 0,
    dropped: 0,
    resetUser() {},
    forgetUser() {},
    choose(_user: number, { length, allowed, rules = null, chance = random }: Choosing): Choice[] {
      if (rules !== null) return drawUnderRules(alike(allowed), rules, length, drawing, chance.uniform)
      if (left.length < catalogue.itemCount) left = new Int32Array(2 * catalogue.itemCount)
      let count = 0
      for (let item = 0; item < catalogue.itemCount; item++) if (allowed(item)) left[count++] = item
      const choices: Choice[] = []
      for (; choices.length < length && count > 0; count--) {
        const at = chance.integer(count)
        choices.push({ item: left[at]!, propensity: 1 / count, score: 0 })
        left[at] = left[count - 1]!
      }
      return choices
    },
    distribution(_user: number, { allowed, rules = null }: Choosing): Float64Array {
      if (rules !== null) {
        return firstPlaceUnderRules(alike(allowed), rules, drawing, new Float64Array(catalogue.itemCount))
      }
      const chances = Float64Array.from({ length: catalogue.itemCount }, (_, item) => (allowed(item) ? 1 : 0))
      const count = chances.reduce((sum, each) => sum + each, 0)
      return chances.map(each => (count === 0 ? 0 : each / count))
    },
    observe() {},
    train() {},
    save: () => ({ random: random.state.slice() }),
    restore(arrays) {
      random.state.set(arrays['random'] as Uint32Array)
    },
    dispose() {},
  }
}
