import { beforeAll, describe, expect, test } from 'vitest'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import type { Scale } from '../../src/records/definition.ts'
import { type Random, seededRandom } from '../../src/state/random.ts'
import { type SmallEvent, smallPipeline, toBlocks } from './interest-stream.ts'

const watch: Scale = { kind: 'watch', positiveFrom: 0.5 }
const stars: Scale = { kind: 'rating', min: 0, max: 1 }

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const count = 3_000
/** The loss of each policy, and of the mean of all before, over a log whose rewards are drawn as `reward` says. */
function lossesOf(scale: Scale, reward: (random: Random, user: number, item: number) => number): Map<string, number> {
  // A mean knows a rating that never changes from the first event on; everybody else may take so many.
  const begun = scale.kind === 'rating' ? 100 : 0
  const random = seededRandom(6, 'never worse')
  const events = Array.from({ length: count }, (_, k): SmallEvent => {
    const [user, item] = [random.integer(150), random.integer(60)]
    const itemFeatures = JSON.stringify([`kind=${item % 5}`])
    const userFeatures = JSON.stringify([`age=${user % 4}`, `@place=${random.integer(3)}`])
    return {
      ...{ user: `u${user}`, item: `i${item}`, time: 1_000_000 + 20_000 * k, userFeatures, itemFeatures },
      reward: reward(random, user, item),
    }
  })
  const definition = smallPipeline({ blockSize: 200 }, { everyMs: 1e9 }, scale)
  const learner = createLearner({ definition, backend })
  const sums = new Map(['mean', ...learner.policies].map(name => [name, 0]))
  const add = (name: string, predicted: number, real: number) =>
    sums.set(name, sums.get(name)! + (at < begun ? 0 : lossOf(scale, predicted, real)))
  let [at, total] = [0, 0]
  for (const block of toBlocks(events, { shortLength: 4, size: 500 })) {
    learner.consume(block, 0, block.sequence.length, {
      predicted(_, predictions) {
        const real = events[at]!.reward
        add('mean', (total + 0.5) / (at + 1), real)
        for (const [p, name] of learner.policies.entries()) add(name, predictions[p]!, real)
        at += 1
        total += real
      },
    })
  }
  learner.dispose()
  const end = scale.kind === 'rating' ? Math.sqrt : (mean: number) => mean
  return new Map([...sums].map(([name, sum]) => [name, end(sum / (count - begun))]))
}

function lossOf(scale: Scale, predicted: number, real: number): number {
  if (scale.kind === 'rating') return (predicted - real) ** 2
  const inside = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
  return -real * Math.log(inside) - (1 - real) * Math.log(1 - inside)
}

const logs: [name: string, reward: (random: Random, user: number, item: number) => number][] = [
  ['pure noise', random => (random.uniform() < 0.4 ? 1 : 0)],
  ['one click in two hundred', random => (random.uniform() < 0.005 ? 1 : 0)],
  ['rewards that never change', () => 1],
  ['shares at random', random => random.uniform()],
  ['tastes', (random, user, item) => (random.uniform() < ((user + item) % 2 === 0 ? 0.7 : 0.2) ? 1 : 0)],
]

const rated = ['pure noise', 'rewards that never change']

describe.each(logs)('on a log of %s', (name, reward) => {
  test('no policy for chances is worse than the mean, and the residual is none than what it is held beside', () => {
    expectNoneWorse(lossesOf(watch, reward), 'logistic-records', 'ensemble')
  })

  test.runIf(rated.includes(name))('nor is any for ratings', () => {
    expectNoneWorse(lossesOf(stars, reward), 'ensemble')
  })
})

function expectNoneWorse(losses: ReadonlyMap<string, number>, base: string, other = base): void {
  expect(losses.get('ddpg-la-residual')! - losses.get(base)!).toBeLessThan(0.0005)
  // To find out which of two knows more costs 1.7 nats at most, of items that are new and of others each.
  expect(losses.get('ddpg-la-residual')! - losses.get(other)!).toBeLessThan(3.5 / count)
  for (const [policy, loss] of losses) expect(loss - losses.get('mean')!, policy).toBeLessThan(0.001)
}
