import { beforeAll, expect, test } from 'vitest'
import { armOfUser } from '../../src/arms/arm-of-user.ts'
import { compareArms } from '../../src/arms/compare-arms.ts'
import { createLearner } from '../../src/learner/create-learner.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import type { Arm, PipelineDefinition, Scale } from '../../src/records/definition.ts'
import { type Random, seededRandom } from '../../src/state/random.ts'
import { type SmallEvent, smallPipeline, toBlocks } from './interest-stream.ts'

const watch: Scale = { kind: 'watch', positiveFrom: 0.5 }
const meanings = {
  view: { again: 'always', target: false, against: false },
  buy: { again: 'never', target: true, against: false },
} as const

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

/** Scores by policy and metric after events that say nothing. */
function scoresOf(events: readonly SmallEvent[]): Map<string, Record<string, number>> {
  const behaviours = Object.keys(meanings)
  const definition = { ...smallPipeline({}, { length: 5 }, watch), behaviours, meanings }
  const learner = createLearner({ definition, backend })
  for (const block of toBlocks(events, { shortLength: 4, size: 500 })) learner.consume(block, 0, block.sequence.length)
  const found = new Map<string, Record<string, number>>()
  for (const { policy, metric, value } of learner.scores()) {
    found.set(policy, { ...found.get(policy), [metric]: value })
  }
  learner.dispose()
  return found
}

test('in a shop where nothing can be known, no policy tells picks from the rest among what is new', () => {
  const random = seededRandom(3, 'noise')
  const events: SmallEvent[] = []
  for (let time = 0; events.length < 3_000; time += 60_000) {
    const [user, item] = [`u${random.integer(60)}`, `i${random.integer(2_000)}`]
    // Most buy what they looked at a moment ago, some at once.
    const [looks, buys] = [random.uniform() < 0.8, random.uniform() < 0.3]
    if (looks) events.push({ user, item, behaviour: 'view', time, reward: 0.1 })
    if (buys) events.push({ user, item, behaviour: 'buy', time: time + 10_000, reward: 1 })
  }
  const scores = scoresOf(events)
  expect([...scores.keys()].length).toBeGreaterThan(4)
  for (const [policy, { auc }] of scores) {
    expect(Math.abs(auc! - 0.5), `${policy}: ${auc}`).toBeLessThan(0.06)
  }
})

test('without a pick among what is new there is no AUC that could deceive', () => {
  const random = seededRandom(4, 'noise')
  const events: SmallEvent[] = []
  for (let time = 0; events.length < 600; time += 60_000) {
    const [user, item] = [`u${random.integer(60)}`, `i${random.integer(2_000)}`]
    events.push({ user, item, behaviour: 'view', time, reward: 0.1 })
    if (random.uniform() < 0.3) events.push({ user, item, behaviour: 'buy', time: time + 10_000, reward: 1 })
  }
  for (const [policy, scores] of scoresOf(events)) expect(scores, policy).not.toHaveProperty('auc')
})

const rivals: Arm[] = [
  { name: 'today', policy: 'champion', share: 1 },
  { name: 'popular', policy: 'popularity', share: 1 },
  { name: 'chance', policy: 'random', share: 1 },
]
const stars: Scale = { kind: 'rating', min: 1, max: 5 }

/** Everybody takes whatever comes and thinks anything of it, so that no arm can be better than another one. */
function rivalry(scale: Scale, event: (random: Random, time: number) => SmallEvent[]) {
  const random = seededRandom(5, 'noise')
  const events = Array.from({ length: 1_200 }, (_, k) => event(random, 1_000_000 + 60_000 * k)).flat()
  const behaviours = Object.keys(meanings)
  const guard = { enabled: 'yes', alpha: 0.05, minUsers: 20, days: 0.2 } as const
  const small = smallPipeline({ blockSize: 100 }, { length: 10, everyMs: 0 }, scale)
  const definition: PipelineDefinition = { ...small, behaviours, meanings, arms: rivals, guard }
  const learner = createLearner({ definition, backend })
  const commands = toBlocks(events, { shortLength: 4, size: 500 }).flatMap(
    block => learner.consume(block, 0, block.sequence.length).commands,
  )
  const scores = learner.scores()
  const served = learner.served().filter(({ span }) => span === 'all')
  learner.dispose()

  const brought = rivals.map(() => new Map<string, number>())
  for (const { user, reward } of events) {
    const users = brought[armOfUser(user, rivals)]!
    users.set(user, (users.get(user) ?? 0) + reward)
  }
  const samples = brought.map((users, k) => {
    const sums = [...users.values()]
    const mean = sums.reduce((total, each) => total + each, 0) / sums.length
    const squares = sums.reduce((total, each) => total + (each - mean) ** 2, 0)
    return { arm: rivals[k]!.name, n: sums.length, mean, variance: squares / (sums.length - 1) }
  })
  return { scores, served, commands, comparisons: compareArms(samples).comparisons }
}

/** Nobody is taken out, no interval leaves out 0, and hits of lists are as far apart as chance has it. */
function expectNoWinner({ served, commands, comparisons }: ReturnType<typeof rivalry>): void {
  expect(commands).toEqual([])
  expect(comparisons).toHaveLength(2)
  for (const { low, high, arm } of comparisons) expect(low < 0 && high > 0, arm).toBe(true)
  expect(served.map(({ arm }) => arm).toSorted()).toEqual(['chance', 'popular', 'today'])
  for (const { arm, events, hr10 } of served) {
    expect(events, arm).toBeGreaterThan(50)
    for (const other of served) {
      const spread = Math.sqrt(
        (hr10 * (1 - hr10) + 1e-3) / events + (other.hr10 * (1 - other.hr10) + 1e-3) / other.events,
      )
      expect(Math.abs(hr10 - other.hr10), `${arm} and ${other.arm}`).toBeLessThan(4 * spread)
    }
  }
}

test('where people watch anything for any time, no policy knows how long, and no arm wins', () => {
  const found = rivalry(watch, (random, time) => {
    const [user, item] = [`u${random.integer(150)}`, `i${random.integer(200)}`]
    return [{ user, item, behaviour: 'buy', time, reward: random.uniform() }]
  })
  const auc = found.scores.filter(({ metric }) => metric === 'auc')
  expect(auc.length).toBeGreaterThan(4)
  for (const { policy, value } of auc) expect(Math.abs(value - 0.5), `${policy}: ${value}`).toBeLessThan(0.06)
  expectNoWinner(found)
})

test('where stars are given at random, no policy is nearer than the mean, and no arm wins', () => {
  const found = rivalry(stars, (random, time) => {
    const [user, item] = [`u${random.integer(150)}`, `i${random.integer(200)}`]
    return [{ user, item, behaviour: 'buy', time, reward: random.integer(5) / 4 }]
  })
  const rmse = found.scores.filter(({ metric }) => metric === 'rmse')
  expect(rmse.length).toBeGreaterThan(4)
  // The standard deviation of one to five stars, all as likely, is √2.
  for (const { policy, value } of rmse) expect(value, `${policy}: ${value}`).toBeGreaterThan(0.98 * Math.SQRT2)
  expectNoWinner(found)
})

test('where people look at anything and buy anything else, no arm wins', () => {
  const found = rivalry(watch, (random, time) => {
    const some = () => ({ user: `u${random.integer(150)}`, item: `i${random.integer(200)}`, time })
    if (random.uniform() < 0.5) return [{ ...some(), behaviour: 'view', reward: 0.1 }]
    return [{ ...some(), behaviour: 'buy', reward: 1 }]
  })
  expectNoWinner(found)
})
