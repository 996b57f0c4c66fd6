import { expect, test } from 'vitest'
import { sampleRatio } from '../../src/arms/sample-ratio.ts'
import { seededRandom } from '../../src/state/random.ts'

/** The least p-value over looks at every tenth user. */
function least(seed: number, users: number, chance: number, shares: readonly [number, number]): number {
  const random = seededRandom(seed, 'ratio')
  const counts: [number, number] = [0, 0]
  let lowest = 1
  for (let user = 1; user <= users; user++) {
    counts[random.uniform() < chance ? 0 : 1] += 1
    if (user % 10 === 0) lowest = Math.min(lowest, sampleRatio(counts, shares))
  }
  return lowest
}

test('users who come as meant are hardly ever said not to, however often one looks', () => {
  const found = Array.from({ length: 500 }, (_, seed) => least(seed, 4000, 0.25, [1, 3]))
  expect(found.filter(p => p < 0.05).length / 500).toBeLessThan(0.07)
})

test('a tenth of one arm missing is found within ten thousand users', () => {
  const found = Array.from({ length: 40 }, (_, seed) => least(seed, 10_000, 0.45 / 0.95, [1, 1]))
  expect(found.filter(p => p < 0.01).length).toBeGreaterThan(36)
})

test('an arm without a share has no users', () => {
  expect(sampleRatio([10, 0], [1, 0])).toBe(1)
  expect(sampleRatio([10, 1], [1, 0])).toBe(0)
  expect(sampleRatio([0, 0], [1, 1])).toBe(1)
})

test('the same parts in other units are the same', () => {
  expect(sampleRatio([5600, 4400], [1, 1])).toBeCloseTo(sampleRatio([5600, 4400], [0.5, 0.5]), 12)
  expect(sampleRatio([5600, 4400], [1, 1])).toBeLessThan(1e-20)
})
