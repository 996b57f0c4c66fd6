import { expect, test } from 'vitest'
import { blockOrderOf, decodeBlockOrder, encodeBlockOrder } from '../../src/codec/block-order.ts'
import { type BlockOrder, reachedAfter, takenNext } from '../../src/records/block-order.ts'

const before = {
  row: 12,
  change: 3,
  parts: [
    { row: 5, change: 1, offset: 2 },
    { row: 7, change: 2, offset: 9_007_199_254_740_990 },
  ],
}
/** Rows 6 … 9 of part 0 are the rows 13 … 16, then part 1 tells of two changes alone, then it has one row more. */
const order: BlockOrder = {
  ...before,
  taken: [
    { part: 0, from: 5, to: 9, base: 7, changeFrom: 1, change: 1, changeBase: 2, offset: 2 },
    { part: 1, from: 7, to: 7, base: 9, changeFrom: 2, change: 4, changeBase: 1, offset: 40 },
    { part: 1, from: 7, to: 8, base: 9, changeFrom: 4, change: 4, changeBase: 1, offset: 42 },
  ],
}

test('blocks get the numbers that follow what was reached', () => {
  expect(takenNext(before, { part: 0, to: 9, change: 1, offset: 2 })).toEqual(order.taken[0])
  expect(reachedAfter(order)).toEqual({
    row: 17,
    change: 5,
    parts: [
      { row: 9, change: 1, offset: 3 },
      { row: 8, change: 4, offset: 43 },
    ],
  })
  expect(reachedAfter({ ...before, taken: [] })).toEqual(before)
})

test('an order comes back as it went', () => {
  expect(decodeBlockOrder(encodeBlockOrder(order))).toEqual(order)
  expect(blockOrderOf({ value: encodeBlockOrder(order) })).toEqual(order)
})

test.each([
  ['a part that there is not', { part: 2 }],
  ['a row that its part had not reached', { from: 6 }],
  ['fewer rows than none', { to: 4 }],
  ['other numbers than those that follow', { base: 8 }],
  ['a change that its part had not reached', { changeFrom: 0 }],
  ['fewer changes than none', { change: 0 }],
  ['other numbers of changes', { changeBase: 3 }],
])('an order that tells of %s is refused', (_, wrong) => {
  const [first, ...others] = order.taken
  const bytes = encodeBlockOrder({ ...order, taken: [{ ...first!, ...wrong }, ...others] })
  expect(() => decodeBlockOrder(bytes)).toThrow(/contradicts itself/)
  expect(blockOrderOf({ value: bytes })).toBeNull()
})

test('what somebody else wrote is none', () => {
  expect(blockOrderOf({ value: null })).toBeNull()
  expect(blockOrderOf({ value: Buffer.from('{}') })).toBeNull()
  expect(blockOrderOf({ value: encodeBlockOrder(order), unreadable: 'Its batch is damaged.' })).toBeNull()
})
