import { expect, test } from 'vitest'
import { listId, sequenceOfList } from '../../src/records/recommendation.ts'

test('a list is known by the sequence that gave rise to it', () => {
  expect(sequenceOfList(listId('my-shop', 42))).toBe(42)
})

test.each(['', 'shop', 'shop-', 'shop-4x', 'shop-1234567890123456'])('%j is the id of nothing of ours', id => {
  expect(sequenceOfList(id)).toBe(0)
})
