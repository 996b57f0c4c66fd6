import { expect, test } from 'vitest'
import type { FinishedTrial } from '../../../src/lab/experiment/trial-store.ts'
import { resultsByPolicy, withRegret } from '../../../src/lab/simulate/policy-results.ts'

const finished = (policy: string, seed: number, rewardPerUserDay: number): FinishedTrial => ({
  ...{ name: `${policy} seed ${seed}`, policy, seed, identity: '', program: '', seconds: 1 },
  result: { metrics: { rewardPerUserDay, standardError: 1, sessionLength: 10 * seed } },
})

const trials = [
  finished('dqn', 1, 30),
  finished('dqn', 2, 34),
  finished('oracle-index', 1, 60),
  finished('oracle-index', 2, 50),
]

test('regret is the distance to the oracle with the same people', () => {
  expect(withRegret(trials, 'oracle-index').map(({ result }) => result.metrics['regret'])).toEqual([30, 16, 0, 0])
})

test('a policy’s reward is reported by seed, with mean and deviation over them', () => {
  const { dqn, ...others } = resultsByPolicy(['dqn'], withRegret(trials, 'oracle-index'))
  expect(others).toEqual({})
  expect(dqn!.rewardPerUserDay).toEqual({
    mean: 32,
    sd: expect.closeTo(2.828, 3),
    bySeed: [30, 34],
    standardError: [1, 1],
  })
  expect(dqn).toMatchObject({ sessionLength: 15, regret: 23 })
})
