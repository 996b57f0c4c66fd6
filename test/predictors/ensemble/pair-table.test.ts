import { expect, test } from 'vitest'
import { pairTable } from '../../../src/predictors/ensemble/pair-table.ts'
import { seededRandom } from '../../../src/state/random.ts'

/** A pair weighs its correlation, from the second user on, where that is above 0. */
const weight = (users: number, correlation: number): number => (users < 2 ? 0 : Math.max(0, correlation))

test('holds what is put in, whichever way round a pair is named, while it grows', () => {
  const pairs = pairTable({ capacity: 1 << 16, live: () => true, weight })
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
  const pairs = pairTable({ capacity: 256, live: () => true, weight })
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
  const pairs = pairTable({ capacity: 8, live: slot => !(dead && slot === gone), weight })
  for (let n = 0; n < 9; n++) pairs.add(pairs.admit(gone, 1, 1, 1), 1, 1)
  for (let b = 10; b < 17; b++) pairs.add(pairs.admit(b, 1, 2, 1), 1, 1)
  dead = true
  pairs.add(pairs.admit(99, 1, 98, 1), 1, 1)
  expect(pairs.find(gone, 1, 1, 1)).toBe(-1)
  for (let b = 10; b < 17; b++) expect(pairs.find(b, 1, 2, 1)).toBeGreaterThanOrEqual(0)
})

test('weighs what searching for each pair finds, while pairs grow many, give way and come back from a copy', () => {
  const [items, others] = [40, Int32Array.from({ length: 40 }, (_, k) => k)]
  const versions = new Int32Array(items).fill(1)
  const at = new Int32Array(items)
  const weights = new Float64Array(items)
  for (const capacity of [64, 1 << 14]) {
    let pairs = pairTable({ capacity, live: () => true, weight })
    const random = seededRandom(capacity, 'weighed')
    for (let round = 0; round < 60; round++) {
      for (let n = 0; n < 50; n++) {
        const [a, b] = [random.integer(items), random.integer(items)]
        if (a !== b) pairs.add(pairs.admit(a, 1, b, 1), random.uniform() - 0.4, random.uniform() - 0.4)
      }
      const item = random.integer(items)
      const expected = [...others].flatMap(other => {
        const place = pairs.find(item, 1, other, 1)
        const each = place < 0 ? 0 : weight(pairs.count(place), pairs.correlation(place))
        return each === 0 ? [] : [[other, each]]
      })
      const count = pairs.weigh(item, 1, others, versions, 0, items, at, weights)
      expect(Array.from({ length: count }, (_, k) => [at[k], weights[k]])).toEqual(expected)
      if (round % 20 !== 19) continue
      const copy = pairTable({ capacity, live: () => true, weight })
      copy.restore(pairs.save())
      pairs = copy
    }
  }
})
