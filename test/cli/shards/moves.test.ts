import fc from 'fast-check'
import { expect, test } from 'vitest'
import { movesBetween } from '../../../src/cli/shards/moves.ts'

test('from two shards to four, half of four parts move; from four to three, one', () => {
  const shards = (from: number, to: number) => movesBetween(4, { from, to }).map(move => [move.from, move.to])
  expect(shards(2, 4)).toEqual([
    [0, 0],
    [1, 1],
    [0, 2],
    [1, 3],
  ])
  expect(shards(4, 3)).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 0],
  ])
})

test('every part is run by one shard before and after, and no shard has none', () => {
  const numbers = fc.integer({ min: 1, max: 12 })
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 12, max: 40 }), (from, to, parts) => {
      const moves = movesBetween(parts, { from, to })
      expect(moves.map(({ part }) => part)).toEqual(Array.from({ length: parts }, (_, part) => part))
      expect(new Set(moves.map(move => move.from)).size).toBe(from)
      expect(new Set(moves.map(move => move.to)).size).toBe(to)
    }),
  )
})
