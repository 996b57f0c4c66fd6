import { expect, test } from 'vitest'
import { leadersOf } from '../../../src/agents/q-learning/leaders.ts'

const scores = [5, 3, 5, 1, 9, 2]
const leaders = (allowed: (item: number) => boolean = () => true) =>
  leadersOf(
    6,
    3,
    item => item % 2,
    allowed,
    item => scores[item]!,
  )

test('the best item of each cluster leads, the lower number among equals', () => {
  const all = leaders()
  expect(all.open).toEqual([0, 1])
  expect([all.item(0), all.item(1), all.item(2)]).toEqual([4, 1, -1])
  all.take(0)
  expect(all.item(0)).toBe(0)
})

test('a cluster closes when its last allowed item is taken', () => {
  const some = leaders(item => item < 3)
  some.take(1)
  expect(some.open).toEqual([0])
  some.take(0)
  some.take(0)
  expect(some.open).toEqual([])
})
