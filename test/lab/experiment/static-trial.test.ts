import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { TrialContext } from '../../../src/lab/experiment/experiment.ts'
import { seededTrials, staticTrial } from '../../../src/lab/experiment/static-trial.ts'
import { openTrialStore } from '../../../src/lab/experiment/trial-store.ts'
import { baselineOnly } from '../../../src/predictors/baselines/baseline-only.ts'
import { batchPolicy } from '../../../src/predictors/baselines/batch-policy.ts'
import { globalMean } from '../../../src/predictors/baselines/mean.ts'
import type { Policy } from '../../../src/predictors/baselines/policy.ts'
import { type Baseline, baselines } from '../../../src/predictors/baselines/registry.ts'
import type { PipelineDefinition } from '../../../src/records/definition.ts'

const stars: [user: number, item: number, rating: number][] = [
  ...([
    [0, 0, 5],
    [1, 0, 3],
    [0, 1, 5],
    [0, 2, 4],
    [0, 3, 4],
  ] as [number, number, number][]),
  ...([
    [0, 4, 1],
    [1, 1, 2],
  ] as [number, number, number][]),
]

function context(rows = stars, signal = new AbortController().signal): TrialContext {
  return {
    definition: { scale: { kind: 'rating', min: 1, max: 5 } } as PipelineDefinition,
    ratings: {
      length: rows.length,
      user: Int32Array.from(rows, row => row[0]),
      item: Int32Array.from(rows, row => row[1]),
      reward: Float64Array.from(rows, row => (row[2] - 1) / 4),
      time: Float64Array.from(rows.keys()),
      userIds: ['ann', 'bob'],
      itemIds: ['a', 'b', 'c', 'd', 'e'],
      userTokens: [],
      itemTokens: [],
      catalogue: [],
      event: () => expect.unreachable('no baseline asks for the whole event'),
    },
    progress() {},
    signal,
    clock: () => 0,
  }
}

const mean = baselines.find(({ name }) => name === 'mean')!

/** Writes down what it is asked to do. */
function witness(): { baseline: Baseline; heard: string[] } {
  const heard: string[] = []
  const policy: Policy = {
    ...globalMean(),
    predict: (user, item) => heard.push(`predict ${user} ${item}`) * 0,
    learn: (user, item) => void heard.push(`learn ${user} ${item}`),
    fit: () => void heard.push('fit'),
  }
  return { baseline: { name: 'witness', summary: '', random: false, create: () => policy }, heard }
}

test('frozen: the first events of each user are learned, then the rest is predicted', async () => {
  const { baseline, heard } = witness()
  await staticTrial(baseline, null).run(context())
  expect(heard).toEqual([
    ...['learn 0 0', 'learn 1 0', 'learn 0 1', 'learn 0 2', 'learn 0 3', 'fit'],
    ...['predict 0 4', 'predict 1 1'],
  ])
})

test('frozen: errors are of the test events alone, on both scales and by user', async () => {
  const { metrics, perUser } = await staticTrial(mean, null).run(context())
  // The mean of 5, 3, 5, 4, 4 is 4.2; 1 and 2 follow.
  expect(metrics).toMatchObject({
    rmse: expect.closeTo(Math.sqrt((3.2 ** 2 + 2.2 ** 2) / 2), 9),
    mae: expect.closeTo(2.7, 9),
    mae01: expect.closeTo(0.675, 9),
    aveReward: expect.closeTo(0.325, 9),
  })
  expect(perUser!.events).toEqual([1, 1])
  expect(perUser!.sums['mae']).toEqual([expect.closeTo(3.2, 9), expect.closeTo(2.2, 9)])
})

test('there is one trial for each seed where chance plays a part, each with a file of its own', () => {
  const trials = seededTrials(baselines, [1, 2, 3], staticTrial)
  expect(trials.filter(({ policy }) => policy === 'svd').map(({ seed }) => seed)).toEqual([1, 2, 3])
  expect(trials.filter(({ policy }) => policy === 'bias').map(({ seed }) => seed)).toEqual([null])

  const folder = mkdtempSync(join(tmpdir(), 'recstream-static-'))
  try {
    const store = openTrialStore(folder)
    const rest = { identity: 'i', program: 'p', seconds: 1, result: { metrics: {} } }
    for (const { name, policy, seed } of trials) store.write({ name, policy, seed, ...rest })
    expect(trials.filter(trial => store.read(trial, 'i') === null)).toEqual([])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an interrupted trial gives up between two steps of a fit', async () => {
  const controller = new AbortController()
  const baseline: Baseline = {
    ...{ name: 'slow', summary: '', random: false },
    create: () => ({
      ...batchPolicy(baselineOnly()),
      *fitSteps() {
        yield 0.1
        controller.abort(new Error('Ctrl-C'))
        yield 0.2
        expect.unreachable('it was told to stop')
      },
    }),
  }
  await expect(staticTrial(baseline, null).run(context(stars, controller.signal))).rejects.toThrow('Ctrl-C')
})
