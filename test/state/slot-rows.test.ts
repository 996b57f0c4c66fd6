import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SlotRows, slotRows } from '../../src/state/slot-rows.ts'

const put = (rows: SlotRows, slot: number, row: readonly number[]): void => {
  const at = rows.take(slot, row.length)
  rows.bytes.set(row, at)
  rows.ints.set(
    row.map(number => -1000 * number),
    at,
  )
}
const rowOf = (rows: SlotRows, slot: number): number[][] =>
  [rows.bytes, rows.ints].map(numbers => [...numbers.subarray(rows.from(slot), rows.to(slot))])

test('each slot has the row that it was given last, and what is saved says nothing of those before', () => {
  const row = fc.array(fc.nat(255), { maxLength: 255 })
  const step = fc.record({ slot: fc.nat(5), row, how: fc.constantFrom('put', 'put', 'put', 'reset', 'restore') })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const held: number[][] = [[], [], [], [], [], []]
      let rows = slotRows({ ints: true })
      for (const slot of held.keys()) rows.reset(slot)
      for (const { slot, row, how } of steps) {
        if (how === 'put') put(rows, slot, row)
        if (how === 'reset') rows.reset(slot)
        if (how !== 'restore') held[slot] = how === 'put' ? row : []
        else {
          const saved = rows.save(held.length)
          rows = slotRows({ ints: true })
          rows.restore(saved)
        }
        held.forEach((row, k) => {
          expect(rowOf(rows, k)).toEqual([row, row.map(number => (number === 0 ? 0 : -1000 * number))])
        })
      }
      const fresh = slotRows({ ints: true })
      held.forEach((row, slot) => {
        fresh.reset(slot)
        put(fresh, slot, row)
      })
      expect(rows.save(held.length)).toEqual(fresh.save(held.length))
    }),
    { numRuns: 200 },
  )
})

test('rows that move from place to place do not fill memory', () => {
  const rows = slotRows({ ints: false })
  for (let slot = 0; slot < 100; slot++) rows.reset(slot)
  for (let length = 1; length <= 200; length++) for (let slot = 0; slot < 100; slot++) rows.take(slot, length)
  expect(rows.bytes.length).toBeLessThan(3 * 100 * 200)
})

test('what a row held is 0 once it is longer there', () => {
  const rows = slotRows({ ints: true })
  rows.reset(0)
  put(rows, 0, [1, 2, 3])
  put(rows, 0, [4, 5, 6, 7, 8, 9])
  expect([...rows.bytes].filter(number => number !== 0)).toEqual([4, 5, 6, 7, 8, 9])
})
