import { expect, test } from 'vitest'
import { beta, exponential, gamma } from '../../../../src/lab/simulate/world/draws.ts'
import { seededRandom } from '../../../../src/state/random.ts'

const draw = (count: number, next: () => number) => Float64Array.from({ length: count }, next)
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length
const variance = (values: Float64Array) => mean(values.map(value => value * value)) - mean(values) ** 2

test.each([
  [3.2, 0.8],
  [0.04, 3.96],
  [2, 2],
  [0.3, 0.2],
])('Beta(%d, %d) has its mean and variance, within 0 and 1', (a, b) => {
  const random = seededRandom(1, 'beta')
  const values = draw(40_000, () => beta(random, a, b))
  expect(values.every(value => value >= 0 && value <= 1)).toBe(true)
  expect(mean(values)).toBeCloseTo(a / (a + b), 1.7)
  expect(variance(values)).toBeCloseTo((a * b) / ((a + b) ** 2 * (a + b + 1)), 2)
})

test('where both shapes are next to nothing, Beta is one of its ends', () => {
  const random = seededRandom(1, 'ends')
  const values = draw(2000, () => beta(random, 3e-5, 1e-5))
  expect(values.every(value => value === 0 || value === 1 || (value > 0 && value < 1))).toBe(true)
  expect(mean(values)).toBeCloseTo(0.75, 1)
})

test('Gamma and the exponential have their means and variances', () => {
  const random = seededRandom(1, 'others')
  for (const shape of [0.2, 1, 7]) {
    const values = draw(40_000, () => gamma(random, shape))
    expect(Math.abs(mean(values) / shape - 1)).toBeLessThan(0.05)
    expect(Math.abs(variance(values) / shape - 1)).toBeLessThan(0.1)
  }
  const gaps = draw(40_000, () => exponential(random, 0.3))
  expect(mean(gaps)).toBeCloseTo(0.3, 2)
  expect(Math.sqrt(variance(gaps))).toBeCloseTo(0.3, 1.5)
})
