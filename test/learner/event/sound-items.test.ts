import { expect, test } from 'vitest'
import { soundItems } from '../../../src/learner/event/sound-items.ts'

const item = (itemId: string, score: number, propensity = 0.5) => ({ itemId, score, propensity, reason: 'popular now' })

test('no score outside [0, 1] leaves, and no item without a score or a propensity', () => {
  const good = [item('a', 0), item('b', 1), item('c', 0.4, 1)]
  expect(soundItems(good)).toBe(good)
  const poisoned = [
    item('d', -190_738),
    item('e', Number.POSITIVE_INFINITY),
    item('f', Number.NaN),
    item('g', 0.5, 0),
    item('h', 0.5, 1.5),
  ]
  const left = [...good, item('d', 0), item('e', 1)]
  expect(soundItems([...good, ...poisoned, item('i', 0.5, Number.NaN)])).toEqual(left)
})
