import { expect, test } from 'vitest'
import { differenceOf, intervalOf, type PerUser, userBootstrap } from '../../../src/lab/experiment/bootstrap.ts'
import { createScoring } from '../../../src/lab/experiment/scoring.ts'
import { seededRandom } from '../../../src/state/random.ts'

const intervals = (runs: PerUser[]) =>
  Object.fromEntries(Object.entries(userBootstrap(runs)).map(([name, draws]) => [name, intervalOf(draws)]))

test('of two users that differ wholly the interval is all that lies between them', () => {
  expect(intervals([{ events: [1, 1], sums: { mae: [0, 1] } }])).toEqual({ mae: [0, 1] })
})

test('of many equal users the interval is a point, with the root where the metric has one', () => {
  expect(intervals([{ events: [2, 2, 2], sums: { rmse: [8, 8, 8], mae: [1, 1, 1] } }])).toEqual({
    rmse: [2, 2],
    mae: [0.5, 0.5],
  })
})

test('it comes to the mean ± 1.96 standard errors where the mean is about normal', () => {
  const random = seededRandom(3, 'users')
  const values = Array.from({ length: 400 }, () => 5 + random.normal())
  const mean = values.reduce((sum, value) => sum + value, 0) / 400
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399 / 400)
  const [low, high] = intervals([{ events: values.map(() => 1), sums: { mae: values } }])['mae']!
  expect(low).toBeCloseTo(mean - 1.96 * error, 1.5)
  expect(high).toBeCloseTo(mean + 1.96 * error, 1.5)
})

test('the same seed gives the same draws, and seeds of a policy share them', () => {
  const one = { events: [1, 2, 3, 4], sums: { mae: [1, 1, 4, 2] } }
  const two = { events: [1, 2, 3, 4], sums: { mae: [2, 2, 8, 4] } }
  const [low, high] = intervals([one])['mae']!
  expect(intervals([one])['mae']).toEqual([low, high])
  const both = intervals([one, two])['mae']!
  expect(both[0]).toBeCloseTo(1.5 * low, 12)
  expect(both[1]).toBeCloseTo(1.5 * high, 12)
})

test('an area under the curve has an interval around it from what each user adds', () => {
  const random = seededRandom(5, 'views')
  const scoring = createScoring({ kind: 'watch', positiveFrom: 0.5 }, 300)
  for (let k = 0; k < 6000; k++) {
    const label = random.uniform() < 0.4 ? 1 : 0
    scoring.add(k % 300, 0.3 * label + 0.7 * random.uniform(), label)
  }
  const { metrics, perUser } = scoring.result()
  const [low, high] = intervals([perUser])['auc']!
  // Hanley and McNeil's standard error of such an area is about .006.
  expect(low).toBeGreaterThan(metrics['auc']! - 0.02)
  expect(low).toBeLessThan(metrics['auc']! - 0.005)
  expect(high).toBeLessThan(metrics['auc']! + 0.02)
  expect(high).toBeGreaterThan(metrics['auc']! + 0.005)
})

test('runs over different users have no interval in common', () => {
  const of = (users: number) => ({ events: new Array(users).fill(1), sums: { mae: new Array(users).fill(1) } })
  expect(intervals([of(2), of(3)])).toEqual({})
  expect(intervals([])).toEqual({})
})

test('policies that differ by the same on every user differ by that, however much users differ', () => {
  const random = seededRandom(7, 'users')
  const errors = Array.from({ length: 50 }, () => 5 * random.uniform())
  const of = (sums: number[]) => userBootstrap([{ events: sums.map(() => 1), sums: { mae: sums } }])['mae']!
  const [low, high] = differenceOf(of(errors.map(error => error + 0.25)), of(errors))
  expect(low).toBeCloseTo(0.25, 12)
  expect(high).toBeCloseTo(0.25, 12)
})
