import { expect, test } from 'vitest'
import { coldStartOrder } from '../../../../src/lab/simulate/live/cold-start-order.ts'

const all = () => true

test('as many visitors as there are items see all of them, in an order of the seed', () => {
  const firstItem = coldStartOrder(50, 1)
  const seen = Array.from({ length: 50 }, (_, visitor) => firstItem(visitor, all))
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, item) => item))
  expect(Array.from({ length: 50 }, (_, visitor) => coldStartOrder(50, 1)(visitor + 50, all))).toEqual(seen)
  expect(Array.from({ length: 50 }, (_, visitor) => coldStartOrder(50, 2)(visitor, all))).not.toEqual(seen)
})

test('shows only what is allowed', () => {
  expect(coldStartOrder(3, 1)(1, item => item === 2)).toBe(2)
})
