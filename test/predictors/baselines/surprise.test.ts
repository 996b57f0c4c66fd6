import { expect, test } from 'vitest'
import type { BatchPolicy } from '../../../src/predictors/baselines/batch-policy.ts'
import { batchPolicy } from '../../../src/predictors/baselines/batch-policy.ts'
import { knn } from '../../../src/predictors/baselines/knn.ts'
import { numpyRandom } from '../../../src/predictors/baselines/mersenne-twister.ts'
import { baselines } from '../../../src/predictors/baselines/registry.ts'

// User, item, rating; the predictions below are those of scikit-surprise 1.1.5 after fitting on these, random_state 3.
const ratings: [number, number, number][] = [
  ...([
    [0, 0, 5],
    [0, 1, 3],
    [1, 0, 4],
    [2, 2, 1],
    [1, 3, 2],
  ] as [number, number, number][]),
  ...([
    [0, 2, 4],
    [3, 1, 2],
    [2, 0, 5],
    [3, 4, 4],
    [1, 4, 5],
  ] as [number, number, number][]),
  ...([
    [4, 2, 3],
    [4, 3, 1],
    [2, 4, 3],
    [5, 0, 2],
    [5, 1, 4],
  ] as [number, number, number][]),
  ...([
    [3, 3, 5],
    [4, 1, 1],
    [5, 5, 3],
    [0, 4, 4],
    [2, 1, 2],
  ] as [number, number, number][]),
]
// The last three: an unknown user, an unknown item, both.
const asked: [number, number][] = [
  ...([
    [0, 3],
    [1, 1],
    [2, 5],
    [3, 0],
    [4, 4],
    [5, 2],
  ] as [number, number][]),
  ...([
    [6, 0],
    [0, 6],
    [6, 6],
  ] as [number, number][]),
]
const expected: [string, number[]][] = [
  ['baseline-only', [3.21625, 2.97117, 3.04835, 3.47703, 3.15348, 3.02545, 3.38389, 3.32299, 3.15]],
  ['knn-basic', [3.18033, 2.24207, 3, 4.54902, 4.18211, 2.75, 3.15, 3.15, 3.15]],
  ['knn-with-means', [3.9071, 2.98559, 2.75, 4.85621, 2.32375, 2.75, 3.15, 3.15, 3.15]],
  ['knn-baseline', [3.33135, 2.33251, 2.93355, 4.60595, 3.90334, 2.73977, 3.38389, 3.32299, 3.15]],
  ['svd', [3.20629, 2.9511, 3.14192, 3.33816, 3.07083, 3.02951, 3.41357, 3.37881, 3.15]],
  ['nmf', [2.64547, 3.4898, 1.40679, 3.88894, 1.68395, 1.72569, 3.15, 3.15, 3.15]],
  ['svd++', [3.29674, 2.84285, 3.07143, 3.69644, 3.0863, 2.95585, 3.45982, 3.49077, 3.15]],
]

// Slots in an order of their own, which must not matter.
const userSlot = (user: number) => (user * 3 + 2) % 7
const itemSlot = (item: number) => 6 - item

function taught(policy: BatchPolicy): BatchPolicy {
  for (let slot = 0; slot < 7; slot++) {
    policy.resetUser(slot, slot)
    policy.resetItem(slot, slot)
  }
  for (const [user, item, rating] of ratings) policy.learn(userSlot(user), itemSlot(item), (rating - 1) / 4, 0)
  return policy
}

const answers = (policy: BatchPolicy) =>
  asked.map(([user, item]) => 1 + 4 * policy.predict(userSlot(user), itemSlot(item), 0))
const close = (values: number[]) => values.map(value => expect.closeTo(value, 4))

test.each(expected)('%s predicts what scikit-surprise predicts', (name, values) => {
  const policy = taught(baselines.find(each => each.name === name)!.create({ seed: 3 }) as BatchPolicy)
  expect(answers(policy)).toEqual(asked.map(() => expect.closeTo(3.15, 9)))
  policy.fit()
  expect(answers(policy)).toEqual(close(values))
})

test('only the nearest neighbours count, of equals those who rated first', () => {
  const policy = taught(batchPolicy(knn('basic', { neighbours: 2 })))
  policy.fit()
  expect(answers(policy)).toEqual(close([3.71429, 2, 3, 5, 4.27273, 2.66667, 3.15, 3.15, 3.15]))
})

test('neighbours are the same however few similarities are kept', () => {
  const many = taught(batchPolicy(knn('baseline')))
  const few = taught(batchPolicy(knn('baseline', { rowFloats: 1 })))
  for (const policy of [many, few]) policy.fit()
  expect([...answers(few), ...answers(few)]).toEqual([...answers(many), ...answers(many)])
})

test('random numbers are those of numpy', () => {
  const uniform = numpyRandom(0)
  expect([uniform.uniform(), uniform.uniform()]).toEqual([0.5488135039273248, 0.7151893663724195])
  const normal = numpyRandom(7)
  expect([normal.normal(), normal.normal(), normal.normal()]).toEqual([
    1.690525703800356, -0.4659373705408328, 0.0328201636785844,
  ])
})
