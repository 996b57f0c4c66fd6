import { expect, test } from 'vitest'
import { pairTable } from '../../../src/predictors/ensemble/pair-table.ts'
import { seededRandom } from '../../../src/state/random.ts'

test('holds what is put in, whichever way round a pair is named, while it grows', () => {
  const pairs = pairTable({ capacity: 1 << 16, live: () => true })
  for (let a = 0; a < 60; a++) {
    for (let b = 0; b < a; b++) pairs.add(pairs.admit(a, 7, b, 9), b, a)
  }
  expect(pairs.held).toBe((60 * 59) / 2)
  for (let a = 0; a < 60; a++) {
    for (let b = 0; b < a; b++) {
      const place = pairs.find(b, 9, a, 7)
      expect(place).toBe(pairs.find(a, 7, b, 9))
      expect(pairs.count(place)).toBe(1)
      if (b > 0) expect(pairs.correlation(place)).toBeCloseTo(1, 5)
    }
  }
  expect(pairs.find(3, 8, 2, 9)).toBe(-1)
})

test('never holds more than its capacity, and keeps the pairs that many users share', () => {
  const pairs = pairTable({ capacity: 256, live: () => true })
  for (let n = 0; n < 20; n++) pairs.add(pairs.admit(1, 1, 2, 1), 1, 1)
  const random = seededRandom(1, 'pairs')
  for (let n = 0; n < 20_000; n++) {
    pairs.add(pairs.admit(10 + random.integer(500), 1, 600 + random.integer(500), 1), 1, 1)
  }
  expect(pairs.places).toBe(256)
  expect(pairs.held).toBeLessThanOrEqual(256)
  expect(pairs.count(pairs.find(1, 1, 2, 1))).toBe(20)
})

test('a pair whose item is gone gives way before all others', () => {
  const gone = 5
  let dead = false
  const pairs = pairTable({ capacity: 8, live: slot => !(dead && slot === gone) })
  for (let n = 0; n < 9; n++) pairs.add(pairs.admit(gone, 1, 1, 1), 1, 1)
  for (let b = 10; b < 17; b++) pairs.add(pairs.admit(b, 1, 2, 1), 1, 1)
  dead = true
  pairs.add(pairs.admit(99, 1, 98, 1), 1, 1)
  expect(pairs.find(gone, 1, 1, 1)).toBe(-1)
  for (let b = 10; b < 17; b++) expect(pairs.find(b, 1, 2, 1)).toBeGreaterThanOrEqual(0)
})
