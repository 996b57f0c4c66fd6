import { expect, test } from 'vitest'
import { withMerged } from '../../../src/ingest/forget/merges.ts'

const one = (fromUser: string, toUser: string) => ({ fromUser, toUser })

test('whoever was said to be one is so over any number of others, in whatever order that was said', () => {
  const merges = [one('c', 'd'), one('a', 'b'), one('x', 'y'), one('b', 'c')]
  expect([...withMerged(['d'], merges)].sort()).toEqual(['a', 'b', 'c', 'd'])
  expect([...withMerged(['z', 'y'], merges)].sort()).toEqual(['x', 'y', 'z'])
})
