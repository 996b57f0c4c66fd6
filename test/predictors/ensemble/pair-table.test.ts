import { expect, test } from 'vitest'
import { type PairTable, pairTable } from '../../../src/predictors/ensemble/pair-table.ts'
import { seededRandom } from '../../../src/state/random.ts'

/** A pair weighs its correlation, from the second user on, where that is above 0. */
const weight = (users: number, correlation: number): number => (users < 2 ? 0 : Math.max(0, correlation))

/** One user more who shares a pair, by how much they were off with either. */
function add(pairs: PairTable, a: [number, number, number], [b, version, ofB]: [number, number, number]): void {
  const paired = {
    others: Int32Array.of(b),
    versions: Int32Array.of(version),
    residuals: Float64Array.of(ofB),
    count: 1,
  }
  pairs.add(a[0], a[1], paired, a[2])
}

test('holds what is put in, whichever way round a pair is named, while it grows', () => {
  const pairs = pairTable({ capacity: 1 << 16, live: () => true, weight })
  for (let a = 0; a < 60; a++) {
    for (let b = 0; b < a; b++) add(pairs, [a, 7, a], [b, 9, b])
  }
  expect(pairs.held).toBe((60 * 59) / 2)
  for (let a = 0; a < 60; a++) {
    for (let b = 0; b < a; b++) {
      const pair = pairs.find(b, 9, a, 7)
      expect(pair).toEqual(pairs.find(a, 7, b, 9))
      expect(pair?.users).toBe(1)
      if (b > 0) expect(pair?.correlation).toBeCloseTo(1, 5)
    }
  }
  expect(pairs.find(3, 8, 2, 9)).toBeNull()
})

test('never holds more than its capacity, and keeps the pairs that many users share', () => {
  const pairs = pairTable({ capacity: 256, live: () => true, weight })
  for (let n = 0; n < 20; n++) add(pairs, [1, 1, 1], [2, 1, 1])
  const random = seededRandom(1, 'pairs')
  for (let n = 0; n < 20_000; n++) {
    add(pairs, [10 + random.integer(500), 1, 1], [600 + random.integer(500), 1, 1])
  }
  expect(pairs.places).toBe(256)
  expect(pairs.held).toBeLessThanOrEqual(256)
  expect(pairs.find(1, 1, 2, 1)?.users).toBe(20)
})

test('a pair whose item is gone gives way before all others', () => {
  const gone = 5
  let dead = false
  const pairs = pairTable({ capacity: 8, live: slot => !(dead && slot === gone), weight })
  for (let n = 0; n < 9; n++) add(pairs, [gone, 1, 1], [1, 1, 1])
  for (let b = 10; b < 17; b++) add(pairs, [b, 1, 1], [2, 1, 1])
  dead = true
  add(pairs, [99, 1, 1], [98, 1, 1])
  expect(pairs.find(gone, 1, 1, 1)).toBeNull()
  for (let b = 10; b < 17; b++) expect(pairs.find(b, 1, 2, 1)).not.toBeNull()
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
        if (a !== b) add(pairs, [a, 1, random.uniform() - 0.4], [b, 1, random.uniform() - 0.4])
      }
      const item = random.integer(items)
      const expected = [...others].flatMap(other => {
        const pair = pairs.find(item, 1, other, 1)
        const each = pair === null ? 0 : weight(pair.users, pair.correlation)
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

test('many pairs of an item at once become what they become one by one, though some give way to others meanwhile', () => {
  const at = new Int32Array(64)
  const weights = new Float64Array(64)
  for (const capacity of [64, 256, 1 << 14]) {
    const random = seededRandom(capacity, 'together')
    const [together, single] = [0, 1].map(() => pairTable({ capacity, live: () => true, weight })) as [
      PairTable,
      PairTable,
    ]
    for (let round = 0; round < 200; round++) {
      const item = random.integer(64)
      const all = Array.from({ length: random.integer(60) }, () => random.integer(64)).filter(other => other !== item)
      const others = Int32Array.from(all)
      const versions = new Int32Array(others.length).fill(1)
      const residuals = Float64Array.from(all, () => random.normal())
      together.add(item, 1, { others, versions, residuals, count: others.length }, 0.5)
      for (const [k, other] of others.entries()) add(single, [item, 1, 0.5], [other, 1, residuals[k]!])
      const [ofBoth, ofOne] = [together, single].map(pairs => {
        const count = pairs.weigh(item, 1, others, versions, 0, others.length, at, weights)
        return [at.slice(0, count), weights.slice(0, count)]
      })
      expect(ofBoth).toEqual(ofOne)
    }
    expect(together.save()).toEqual(single.save())
  }
})
