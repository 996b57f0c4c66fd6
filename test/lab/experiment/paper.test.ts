import { describe, expect, test } from 'vitest'
import { ourPreset } from '../../../src/agents/ddpg-la/paper/options.ts'
import { purposes } from '../../../src/agents/ddpg-la/paper/world.ts'
import { ablations } from '../../../src/lab/experiment/ablations.ts'
import { convergence } from '../../../src/lab/experiment/convergence.ts'
import type { TrialContext } from '../../../src/lab/experiment/experiment.ts'
import { gamma } from '../../../src/lab/experiment/gamma.ts'
import { paperTrial } from '../../../src/lab/experiment/paper/trial.ts'
import { features, paperWorld } from '../../../src/lab/experiment/paper/world.ts'
import { paperMl1m } from '../../../src/lab/experiment/paper-ml-1m.ts'
import { paperMl100k } from '../../../src/lab/experiment/paper-ml-100k.ts'
import { perUserSplit } from '../../../src/lab/experiment/split.ts'
import { definePipeline } from '../../../src/pipeline/define-pipeline.ts'
import { seededRandom } from '../../../src/state/random.ts'

const definition = definePipeline({
  name: 'stars',
  description: 'ratings of 1 to 5',
  behaviours: ['rate'],
  epoch: 0,
  value: { min: 1, max: 5, required: true },
  reward: event => ((event.value ?? 1) - 1) / 4,
  scale: { kind: 'rating', min: 1, max: 5 },
})

/** Users 0 … 7 in turn rate items 0 … 4; user and item give the rating between them. */
function ratings(length = 400): TrialContext['ratings'] {
  const [users, items] = [8, 5]
  const random = seededRandom(1, 'ratings')
  const user = Int32Array.from({ length }, (_, row) => row % users)
  const item = Int32Array.from({ length }, () => random.integer(items))
  return {
    ...{ length, user, item },
    reward: Float64Array.from({ length }, (_, row) => ((user[row]! % 2) + (item[row]! % 2) + 1) / 4),
    time: Float64Array.from({ length }, (_, row) => row * 60_000),
    userIds: Array.from({ length: users }, (_, slot) => `u${slot}`),
    itemIds: Array.from({ length: items }, (_, slot) => `i${slot}`),
    userTokens: Array.from({ length: users }, (_, slot) => [`gender=${slot % 2 === 0 ? 'F' : 'M'}`]),
    itemTokens: Array.from({ length: items }, (_, slot) => [`year=${1990 + slot}`]),
    catalogue: [],
    event: () => {
      throw new Error('not needed')
    },
  }
}

const context = (): TrialContext => ({
  definition,
  ratings: ratings(),
  progress: () => {},
  signal: new AbortController().signal,
  clock: () => 0,
})

const small = { ...ourPreset, hiddenSize: 4, shortSize: 3, embeddingSize: 4, usersPerBatch: 4, learningRate: 0.01 }

test('the first 80% of each user train, the last tenth of which validates; the same rows test as for the baselines', () => {
  const all = ratings()
  const { purpose } = paperWorld(all)
  const of = (wanted: number) => [...purpose.keys()].filter(row => purpose[row] === wanted)
  expect(of(purposes.test)).toEqual([...perUserSplit(all).test])
  // 50 events of each of 8 users: 36 fit, 4 validate, 10 test.
  expect(of(purposes.fit)).toHaveLength(8 * 36)
  expect(of(purposes.validation)).toHaveLength(8 * 4)
})

test('a feature with numbers is one column on [0, 1], any other one column for each value, after the id', () => {
  const tokens = [
    ['gender=F', 'year=1994', 'decade=1990s'],
    ['gender=M', 'year=1998', 'decade=1990s'],
  ]
  expect([...features(tokens, 2)]).toEqual([0, 1, 0, 0, 0.5, 0, 1, 1])
})

test('a feature with more than 64 values is one column, like the id', () => {
  const tokens = Array.from({ length: 80 }, (_, slot) => [`author=a${String(slot).padStart(2, '0')}`])
  const rows = features(tokens, 80)
  expect(rows).toHaveLength(2 * 80)
  expect([...rows.slice(40 * 2, 41 * 2)]).toEqual([0.5, 0.5])
})

test('a trial reports the round that validation picked, the last round beside it, and every round as curves', async () => {
  const trial = paperTrial({ policy: 'small', options: small, rounds: 6, curves: true }, 1)
  const result = await trial.run(context())
  // Predicting the mean has .354 on [0, 1].
  expect(result.metrics['rmse01']).toBeLessThan(0.25)
  expect(result.metrics['rmse']).toBeCloseTo(4 * result.metrics['rmse01']!, 10)
  expect(result.metrics['aveReward']).toBeCloseTo(1 - result.metrics['mae01']!, 10)
  expect(result.perUser!.events).toEqual(new Array(8).fill(10))
  expect(trial.alongside).toEqual(Object.keys(result.alongside!))
  const curve = result.curves!['RMSE by round']!
  expect(curve.x).toEqual([1, 2, 3, 4, 5, 6])
  expect(curve.y.at(-1)).toBe(result.alongside!['small last round']!.metrics['rmse'])
  expect(curve.y).toContain(result.metrics['rmse'])
})

test('the same seed gives the same result, and an interrupted trial stops', async () => {
  const trial = () => paperTrial({ policy: 'small', options: small, rounds: 1 }, 2)
  expect((await trial().run(context())).metrics).toEqual((await trial().run(context())).metrics)
  const signal = AbortSignal.abort(new Error('stopped'))
  await expect(trial().run({ ...context(), signal })).rejects.toThrow('stopped')
})

describe.each([paperMl100k, paperMl1m, ablations, gamma, convergence])('experiment $name', experiment => {
  test('has one trial for each policy and seed, names that stand once', () => {
    const trials = experiment.trials({ definition, seeds: [1, 2] })
    const names = trials.map(trial => trial.name)
    expect(new Set(names).size).toBe(names.length)
    for (const policy of new Set(trials.map(trial => trial.policy))) {
      const seeds = trials.filter(trial => trial.policy === policy).map(trial => trial.seed)
      expect([[1, 2], [null]]).toContainEqual(seeds)
    }
  })
})

test('the ablations are the eight pairs of extractors', () => {
  const policies = new Set(ablations.trials({ definition, seeds: [1] }).map(trial => trial.policy))
  expect([...policies].slice(0, 8)).toEqual([
    'RLSTM + t-self-attention',
    'RLSTM + self-attention',
    'RLSTM',
    'LSTM + t-self-attention',
    'LSTM + self-attention',
    'LSTM',
    't-self-attention',
    'self-attention',
  ])
})
