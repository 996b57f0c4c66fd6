import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeOrder } from '../../src/sources/time-order.ts'

test('orders rows by time, and rows of one time as they stood', () => {
  expect([...timeOrder(Float64Array.of(30, 10, 20, 10))]).toEqual([1, 3, 2, 0])
  const times = fc.array(fc.integer({ min: 0, max: 9 }))
  fc.assert(
    fc.property(times, list => {
      const expected = list.map((time, row) => ({ time, row })).sort((a, b) => a.time - b.time)
      expect([...timeOrder(Float64Array.from(list))]).toEqual(expected.map(each => each.row))
    }),
  )
})
