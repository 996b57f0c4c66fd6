import { seededRandom } from '../state/random.ts'
import type { Catalogue } from './catalogue.ts'
import type { Choice, Choosing, PlanningAgent } from './planning-agent.ts'

/**
 * Any item that is allowed, each with the same chance; it learns nothing. Others are measured against it, and its log is
 * the best there is for judging a policy that was never served.
 *
 *     randomAgent({ catalogue, seed: 1 }).choose(user, { time, length: 1, allowed: () => true, explore: true })
 *     // [{ item: 17, propensity: 1 / catalogue.itemCount, score: 0 }]
 */
export function randomAgent({ catalogue, seed }: { catalogue: Catalogue; seed: number }): PlanningAgent {
  const random = seededRandom(seed, 'random agent')
  let left = new Int32Array(0)
  return {
    name: 'random',
    trainEvery: Number.POSITIVE_INFINITY,
    steps: 0,
    dropped: 0,
    resetUser() {},
    choose(_user: number, { length, allowed }: Choosing): Choice[] {
      if (left.length < catalogue.itemCount) left = new Int32Array(2 * catalogue.itemCount)
      let count = 0
      for (let item = 0; item < catalogue.itemCount; item++) if (allowed(item)) left[count++] = item
      const choices: Choice[] = []
      for (; choices.length < length && count > 0; count--) {
        const at = random.integer(count)
        choices.push({ item: left[at]!, propensity: 1 / count, score: 0 })
        left[at] = left[count - 1]!
      }
      return choices
    },
    distribution(_user: number, { allowed }: Choosing): Float64Array {
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
