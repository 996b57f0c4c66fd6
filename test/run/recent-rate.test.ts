import { expect, test } from 'vitest'
import { recentRate } from '../../src/run/recent-rate.ts'

test('is over the window only, so that it follows what happens now', () => {
  const rate = recentRate(1_000)
  expect(rate(0, 0)).toBe(0)
  expect(rate(500, 500)).toBe(1_000)
  expect(rate(1_000, 1_000)).toBe(1_000)
  for (let now = 1_500; now <= 4_000; now += 500) rate(1_000, now)
  expect(rate(1_000, 4_500)).toBe(0)
})
