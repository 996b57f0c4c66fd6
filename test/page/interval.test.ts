import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shareInterval } from '../../src/page/interval.ts'

test('the interval of a share is that of Wilson', () => {
  const [low, high] = shareInterval(0.5, 100)
  expect(low).toBeCloseTo(0.4038, 3)
  expect(high).toBeCloseTo(0.5962, 3)
  expect(shareInterval(0, 0)).toEqual([0, 1])
})

test('it holds the share, lies between 0 and 1, and is narrower the more was seen', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (cases, part) => {
      const share = Math.round(part * cases) / cases
      const [low, high] = shareInterval(share, cases)
      const [lowAfter, highAfter] = shareInterval(share, cases * 4)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(share + 1e-12)
      expect(high).toBeGreaterThanOrEqual(share - 1e-12)
      expect(highAfter - lowAfter).toBeLessThan(high - low)
    }),
  )
})
