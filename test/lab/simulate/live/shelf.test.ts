import { expect, test } from 'vitest'
import { createShelf } from '../../../../src/lab/simulate/live/shelf.ts'

const all = () => true

test('as many visitors as there are items see all of them, in an order of the seed', () => {
  const shelf = createShelf(50, 1)
  const seen = Array.from({ length: 50 }, (_, visitor) => shelf(visitor, all))
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, item) => item))
  expect(Array.from({ length: 50 }, (_, visitor) => createShelf(50, 1)(visitor + 50, all))).toEqual(seen)
  expect(Array.from({ length: 50 }, (_, visitor) => createShelf(50, 2)(visitor, all))).not.toEqual(seen)
})

test('shows only what is allowed', () => {
  expect(createShelf(3, 1)(1, item => item === 2)).toBe(2)
})
