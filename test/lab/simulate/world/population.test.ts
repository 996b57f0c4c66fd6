import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { generateRatings } from '../../../../src/lab/simulate/world/generated-ratings.ts'
import { createPopulation, type Population } from '../../../../src/lab/simulate/world/population.ts'
import { movieLens } from './movielens.ts'
import { generated } from './population.ts'

const populations = [generated, ...(movieLens === null ? [] : [movieLens])].map(
  population => [population.source, population] as const,
)

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
const deviation = (values: Float64Array) => Math.sqrt(mean(values.map(v => v * v)) - mean(values) ** 2)

test.each(populations)('%s: sizes, bounds and scales are those that agents count on', (_, population) => {
  const { users, items, genres, truth, knowledge } = population
  expect([users, items, genres.length]).toEqual([943, 600, 18])
  expect([knowledge.itemSize, knowledge.profileSize]).toEqual([28, 9])
  expect(Math.max(...truth.pull.map(Math.abs))).toBeLessThanOrEqual(2)
  expect(truth.taste.every(value => Math.abs(value) <= 3)).toBe(true)
  expect(deviation(truth.taste)).toBeCloseTo(1, 1)
  expect(mean(truth.taste)).toBeCloseTo(0, 1)
  for (let item = 0; item < items; item++) {
    const own = truth.shares.subarray(item * 18, (item + 1) * 18)
    expect(own.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12)
  }
  for (const values of [knowledge.itemVectors, knowledge.profiles, knowledge.tastes]) {
    expect(values.every(Number.isFinite)).toBe(true)
    expect(values.every(value => Math.abs(value) < 8)).toBe(true)
  }
})

test.each(populations)(
  '%s: tastes order items as rating estimates do, and these as the truth does in part',
  (_, population) => {
    const { users, items, truth, knowledge } = population
    const { itemSize, itemVectors, tastes, estimates } = knowledge
    let [ofTaste, ofTruth] = [0, 0]
    for (let user = 0; user < users; user += 10) {
      const own = estimates.subarray(user * items, (user + 1) * items)
      const byTaste = Float64Array.from({ length: items }, (_, item) => {
        let sum = 0
        for (let d = 0; d < itemSize; d++) sum += tastes[user * itemSize + d]! * itemVectors[item * itemSize + d]!
        return sum
      })
      ofTaste += correlation(byTaste, own) / 95
      ofTruth += correlation(truth.taste.subarray(user * items, (user + 1) * items), own) / 95
    }
    expect(ofTaste).toBeGreaterThan(0.98)
    expect(ofTruth).toBeGreaterThan(0.75)
    expect(ofTruth).toBeLessThan(0.95)
  },
)

test('the generated ratings have the marginals of MovieLens 100K’s 600 most rated films', () => {
  const { rating, item, items } = generateRatings(1)
  const counts = new Int32Array(items)
  for (const each of item) counts[each]! += 1
  const sorted = [...counts].sort((a, b) => b - a)
  // MovieLens: 83,565 ratings, mean 3.63, deviation 1.08, counts 276, 151 and 83 at these ranks.
  expect(rating.length).toBeGreaterThan(75_000)
  expect(rating.length).toBeLessThan(90_000)
  expect(mean(rating)).toBeCloseTo(3.63, 1)
  expect(deviation(rating)).toBeCloseTo(1.08, 1)
  for (const [rank, count] of [
    [50, 276],
    [200, 151],
    [400, 83],
  ] as const) {
    expect(Math.abs(sorted[rank]! / count - 1)).toBeLessThan(0.15)
  }
})

test('the same ratings give the same population bit for bit', () => {
  const again = createPopulation(generateRatings(1))
  expect(digest(again)).toBe(digest(generated))
})

function correlation(a: Float64Array, b: Float64Array): number {
  const [ma, mb] = [mean(a), mean(b)]
  return mean(a.map((value, at) => (value - ma) * (b[at]! - mb))) / deviation(a) / deviation(b)
}

function digest({ truth, knowledge }: Population): string {
  const hash = createHash('sha256')
  for (const values of [...Object.values(truth), ...Object.values(knowledge)]) {
    if (typeof values !== 'number') hash.update(new Uint8Array(values.buffer))
  }
  return hash.digest('hex')
}
