import { expect, test } from 'vitest'
import { choosable } from '../../../src/agents/a3c/choosable.ts'

const items = 10
const sets = choosable(3)
const maskOf = (allowed: (item: number) => boolean) => {
  const stored = new Int32Array(3 * sets.width)
  sets.write(stored, 2, items, allowed)
  const logits = new Float32Array(items)
  sets.mask(stored, 2, logits, 0, items)
  return [...logits.keys()].filter(item => logits[item] === 0)
}

test('a few barred items, a few open ones and all of them come back as they were', () => {
  expect(maskOf(item => item !== 4 && item !== 7)).toEqual([0, 1, 2, 3, 5, 6, 8, 9])
  expect(maskOf(item => item === 4 || item === 7)).toEqual([4, 7])
  expect(maskOf(() => true)).toHaveLength(items)
})

test('a set that is too long both ways counts as all items', () => {
  expect(maskOf(item => item % 2 === 0)).toHaveLength(items)
})
