import { expect, test } from 'vitest'
import { identityDifference, learnerIdentity } from '../../src/learner/identity.ts'
import { definePipeline } from '../../src/pipeline/define-pipeline.ts'
import type { PipelineInput } from '../../src/pipeline/pipeline-input.ts'

const shop: PipelineInput = {
  name: 'shop',
  behaviours: ['view'],
  scale: { kind: 'watch', positiveFrom: 0.5 },
  reward: () => 0,
}
const identityOf = (more: Partial<PipelineInput> = {}) => learnerIdentity(definePipeline({ ...shop, ...more }))

/** With the names of version 0.1.0. */
const former = {
  ...{ format: 20, pipeline: 'shop', seed: 1, blockSize: 256, hiddenSize: 16, shortSize: 8, replayCapacity: 8192 },
  ...{ checkpointEvery: 10_000, maxUsers: 20_000, maxItems: 20_000, stack: 'lite', factors: 6, history: 400 },
  ...{ neighbourPairs: 2_097_152, watchWeights: 4_194_304, longInterest: 'lift', shortInterest: 'time' },
  ...{ shortHalfLifeHours: 12, halfLifeDays: 4, longHalfLifeDays: 60 },
  ...{
    followers: 128,
    recent: 40,
    easeItems: 0,
    sequenceNetworks: 0,
    shortLength: 5,
    scale: { kind: 'watch', positiveFrom: 0.5 },
  },
}

test('a checkpoint that was written with the names of 0.1.0 goes on', () => {
  expect(identityDifference(former, identityOf())).toBeNull()
  expect(identityDifference({ ...former, longInterest: 'identity' }, identityOf())).toBe(
    'learn.longInterest is "lstm" there and "rlstm" here; set it back (--set learn.longInterest=lstm), or use another data folder',
  )
  expect(identityDifference({ ...former, followers: 64 }, identityOf())).toContain(
    'recommend.coOccurrences is 64 there',
  )
})

test('so does one of arms whose options were named differently', () => {
  const options = { long: 'lift', barred: 50 }
  const arms = [
    { name: 'a', policy: 'champion' },
    { name: 'b', policy: 'dqn', options },
  ]
  const theirs = { ...former, arms, plan: { exclude: 0, vectorSize: 0, profileSize: 0 }, listLength: 10 }
  const ours = (more: object) =>
    identityOf({
      arms: [
        { name: 'a', policy: 'champion', share: 1 },
        { name: 'b', policy: 'dqn', share: 3, options: more as Record<string, unknown> },
      ],
    })
  expect(identityDifference(theirs, ours({ exclude: 50, long: 'rlstm' }))).toBeNull()
  expect(identityDifference(theirs, ours({ exclude: 60, long: 'rlstm' }))).toMatch(
    /^arms is .* set it back \(in the definition, or with --set arms=…\), /,
  )
  expect(identityDifference(ours(options), ours({ exclude: 50, long: 'rlstm' }))).toBeNull()
  expect(identityDifference(theirs, identityOf())).toContain('arms is [')
})

test('what else may differ is said with what to do', () => {
  expect(identityDifference({ ...former, format: 5 }, identityOf())).toBe(
    "their format is 5 and this program's is 20; use another data folder",
  )
  expect(identityDifference(identityOf(), identityOf({ learn: { learningRate: 0.1 } }))).toBeNull()
})

test('there may be room for more items than before, not fewer, and for any number of users', () => {
  const sized = (maxUsers: number, maxItems: number) => identityOf({ learn: { maxUsers, maxItems } })
  expect(identityDifference(sized(20, 20), sized(40, 50))).toBeNull()
  expect(identityDifference(sized(20, 20), sized(10, 20))).toBeNull()
  expect(identityDifference({ ...sized(20, 20), 'learn.maxUsers': 40 }, sized(20, 20))).toBeNull()
  expect(identityDifference(sized(20, 20), sized(20, 10))).toBe(
    'learn.maxItems is 20 there and 10 here; set it back (--set learn.maxItems=20), or use another data folder',
  )
})
