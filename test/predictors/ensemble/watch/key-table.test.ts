import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keyOf, keyTable } from '../../../../src/predictors/ensemble/watch/key-table.ts'

test('finds what was put in, through growth, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 31 - 1 }), { maxLength: 3000 }), numbers => {
      const table = keyTable({ capacity: 65_536 })
      const keys = numbers.map(number => keyOf(1, number, 0))
      for (const [n, key] of keys.entries()) table.values[2 * table.admit(key)] = n
      expect(table.held).toBe(new Set(keys).size)
      for (const [n, key] of keys.entries()) expect(table.values[2 * table.find(key)]).toBe(n)
      expect(table.find(keyOf(2, 7, 7))).toBe(-1)
    }),
    { numRuns: 20 },
  )
})

test('never grows past its capacity, and what is known least gives way', () => {
  const table = keyTable({ capacity: 1024 })
  const known = Array.from({ length: 300 }, (_, n) => keyOf(0, n, 0))
  for (const key of known) table.values[2 * table.admit(key) + 1] = 5
  for (let n = 0; n < 20_000; n++) table.values[2 * table.admit(keyOf(1, n, n)) + 1] = 1
  expect(table.places).toBe(1024)
  expect(table.held).toBeLessThanOrEqual(1024)
  // Only where eight of them stand side by side does one of them give way to the next.
  expect(known.filter(key => table.find(key) >= 0).length).toBeGreaterThan(290)
})

test('a restored table holds the same at the same places', () => {
  const table = keyTable({ capacity: 4096 })
  for (let n = 0; n < 3000; n++) table.values[2 * table.admit(keyOf(0, n, 3))] = n
  const other = keyTable({ capacity: 4096 })
  other.restore(table.save())
  expect(other.save()).toEqual(table.save())
  for (let n = 0; n < 5000; n++)
    for (const each of [table, other]) each.values[2 * each.admit(keyOf(0, n, 4)) + 1]! += 1
  expect(other.save()).toEqual(table.save())
})

test('keys of different kinds and orders differ and are never 0', () => {
  const keys = new Set<number>()
  for (let kind = 0; kind < 10; kind++)
    for (let a = 0; a < 100; a++) for (let b = 0; b < 20; b++) keys.add(keyOf(kind, a, b))
  expect(keys.size).toBeGreaterThan(19_990)
  expect(keys.has(0)).toBe(false)
})
