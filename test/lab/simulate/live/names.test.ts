import { expect, test } from 'vitest'
import { itemIdOf, itemOf, stayOf, userIdOf } from '../../../../src/lab/simulate/live/names.ts'

test('a user id names seed, slot and generation, and only those of the seed are read back', () => {
  const id = userIdOf(1, { slot: 17, generation: 2 })
  expect(id).toBe('s1-17-2')
  expect(stayOf(id, 1)).toEqual({ slot: 17, generation: 2 })
  expect(stayOf(id, 2)).toBeNull()
  for (const other of ['ann', 's1-17', 's1-17-0-1', 's1--1-0']) expect(stayOf(other, 1)).toBeNull()
})

test('an item id names an item of the world, and any other id none', () => {
  expect(itemOf(itemIdOf(41), 600)).toBe(41)
  expect(itemOf(itemIdOf(600), 600)).toBe(-1)
  expect(itemOf('4', 600)).toBe(-1)
})
