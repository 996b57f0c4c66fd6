import { expect, test } from 'vitest'
import type { Running } from '../../../src/lab/experiment/experiment.ts'
import { loadRatings } from '../../../src/lab/experiment/load-ratings.ts'
import { openPopulation } from '../../../src/lab/simulate/open-population.ts'
import { loggedProblem } from '../../../src/lab/tune/logged-problem.ts'
import { withWarmUp } from '../../../src/lab/tune/problem.ts'
import { simulatedProblem } from '../../../src/lab/tune/simulated-problem.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import type { AgentName } from '../../../src/records/definition.ts'
import { findPipeline } from '../../../src/run/find-pipeline.ts'

const running: Running = { progress: () => {}, signal: new AbortController().signal, clock: () => performance.now() }
const { tf } = await openBackend('wasm')

test('in a world an agent that learns beats chance, the same figures come twice, other people stand in the test', async () => {
  const population = await openPopulation()
  const problem = simulatedProblem({ population, world: 'saturating', steps: 2_000, slots: 16, people: 6 })
  const run = async (agent: AgentName, part: 'validation' | 'test') =>
    (await problem.run({ agent, options: {}, seed: 1, share: 1, part }, running)).metrics['rewardPerUserDay']!
  const learned = await run('q-learning', 'validation')
  expect(learned).toBeGreaterThan(await run('random', 'validation'))
  expect(await run('q-learning', 'validation')).toBe(learned)
  expect(await run('q-learning', 'test')).not.toBe(learned)
})

test('on a log what many pick is ranked better than by chance, and only the parts that may be seen are', async () => {
  const definition = await findPipeline('generated')
  const ratings = await loadRatings(definition, 'events=3000,users=120,items=60,session=5')
  const problem = loggedProblem({ tf, definition, ratings, steps: 5_000, ranked: 300 })
  const run = async (agent: AgentName, part: 'validation' | 'test', share = 1) =>
    (await problem.run({ agent, options: {}, seed: 1, share, part }, running)).metrics['ndcg10']!
  const popular = await run('popularity', 'validation')
  expect(popular).toBeGreaterThan(1.2 * (await run('random', 'validation')))
  expect(await run('popularity', 'validation')).toBe(popular)
  expect(await run('q-learning', 'test', 0.5)).toBeGreaterThan(0)
  const cut = Math.floor(0.8 * ratings.length)
  const blind = { ...ratings, reward: ratings.reward.map((each, row) => (row < cut ? each : 1 - each)) }
  const same = loggedProblem({ tf, definition, ratings: blind, steps: 5_000, ranked: 300 })
  const { metrics } = await same.run(
    { agent: 'popularity', options: {}, seed: 1, share: 1, part: 'validation' },
    running,
  )
  expect(metrics['ndcg10']).toBe(popular)
})

test('a short trial has a short warm-up, unless it is set', () => {
  expect(withWarmUp('dqn', {}, 8_000)).toEqual({ warmUp: 1_000 })
  expect(withWarmUp('dqn', {}, 80_000)).toEqual({ warmUp: 4_000 })
  expect(withWarmUp('dqn', { warmUp: 9 }, 8_000)).toEqual({ warmUp: 9 })
  expect(withWarmUp('q-learning', {}, 8_000)).toEqual({})
})

test('an action that has no warm-up is given none, and one whose actor waits waits for less', () => {
  // 7,000 events make 218 updates; with as many as there usually are before the actor begins it would never begin.
  const step = { action: 'step' }
  expect(withWarmUp('ddpg-la', step, 8_000)).toEqual({ ...step, warmUp: 1_000, actorAfter: 27 })
  expect(withWarmUp('ddpg-la', { ...step, actorAfter: 100 }, 8_000)).toEqual({
    ...step,
    warmUp: 1_000,
    actorAfter: 100,
  })
  expect(withWarmUp('ddpg-la', step, 800_000)).toEqual({ ...step, warmUp: 4_000, actorAfter: 300 })
  expect(withWarmUp('ddpg-la', {}, 8_000)).toEqual({})
})
