import { expect, test } from 'vitest'
import type { Collector } from '../../../../src/lab/experiment/collect.ts'
import { type Candidate, logistic, policyTrials } from '../../../../src/lab/experiment/policy-trial.ts'
import { apart, mergedBy } from '../../../../src/lab/experiment/shards/merging.ts'
import { shardSource } from '../../../../src/lab/experiment/shards/shard-source.ts'
import { shardThread } from '../../../../src/lab/experiment/shards/shard-threads.ts'
import { shards } from '../../../../src/lab/experiment/shards/shards.ts'
import { partitionOf } from '../../../../src/log/partitioner.ts'
import { createEnsemble } from '../../../../src/predictors/ensemble/ensemble.ts'
import { watchRegression } from '../../../../src/predictors/ensemble/watch/watch-regression.ts'
import { prefixed } from '../../../../src/state/saved-arrays.ts'
import { everything, predictionsOf, running, world } from './shared-world.ts'

const ensemble: Candidate = {
  name: 'ensemble',
  random: true,
  create: ({ seed, learn: { factors, history, neighbourPairs } }) =>
    createEnsemble({ kind: 'lite', factors, seed, history, neighbourPairs }),
}

test.each([
  ['rating', ensemble],
  ['watch', logistic],
] as const)(
  'one learner of %s rewards predicts what a plain prequential pass does, bit for bit',
  async (kind, candidate) => {
    const context = await world(kind)
    const plain: number[] = []
    const collect = (): Collector => ({
      add: (row, predicted) => void (plain[row] = predicted),
      result: () => ({ metrics: {} }),
    })
    await policyTrials(candidate, [1], { collect })[0]!.run({ ...context, ...running })
    expect(plain).toHaveLength(2000)
    expect(await predictionsOf(context, 1, 100)).toEqual(plain)
  },
)

test.each(['rating', 'watch'] as const)(
  'what learners of %s rewards predict follows from the events, and from what they exchange',
  async kind => {
    const context = await world(kind)
    const twice = [await predictionsOf(context, 2, 100), await predictionsOf(context, 2, 100)] as const
    expect(twice[0]).toEqual(twice[1])
    const alone = await predictionsOf(context, 2, Number.POSITIVE_INFINITY)
    // Up to the first exchange nobody has heard of anybody.
    expect(alone.slice(0, 100)).toEqual(twice[0].slice(0, 100))
    expect(alone.slice(100)).not.toEqual(twice[0].slice(100))
    expect(twice[0].every(predicted => predicted >= 0 && predicted <= 1)).toBe(true)
  },
)

test('learners in threads of their own predict what learners in this one do', async () => {
  const context = await world('rating')
  const here = await predictionsOf(context, 2, 250)
  expect(await predictionsOf(context, 2, 250, everything, shardThread)).toEqual(here)
})

test('a user’s events are those of the learner that the log’s partitioner names', async () => {
  const source = shardSource(await world('rating'), 4)
  expect([...source.owners]).toEqual(source.userIds.map(id => partitionOf(id, 4)))
  expect(new Set(source.owners).size).toBe(4)
})

test('of every array that is saved it is said how it is put together', () => {
  const options = { factors: 2, seed: 1, history: 10, neighbourPairs: 100 }
  for (const kind of ['lite', 'full'] as const) {
    for (const name of Object.keys(createEnsemble({ kind, ...options }).save(0, 0))) {
      expect(mergedBy(name), name).toBeDefined()
    }
  }
  for (const name of Object.keys(prefixed('logistic', watchRegression().save(0, 0)))) {
    expect(mergedBy(name), name).toBeDefined()
  }
  expect(mergedBy('factors0.item.bias')).toBe('evidence')
  expect(mergedBy('factors1.user.prior.gram')).toBe('sums')
  expect(apart(false)).toEqual(['encounters.items', 'drift', 'factors?.random'])
  expect(apart(true)).toEqual([])
})

test('there is a trial for each number of learners and interval, other ways to exchange, and one for a learner alone', async () => {
  const { definition } = await world('rating')
  const trials = shards.trials({ definition, seeds: [1], learners: [1, 3], exchange: [10, Number.POSITIVE_INFINITY] })
  expect(trials.map(({ policy }) => policy)).toEqual([
    'one learner',
    '3 learners, every 10 events',
    '3 learners, never',
    '3 learners, every 10 events without pairs',
  ])
})
