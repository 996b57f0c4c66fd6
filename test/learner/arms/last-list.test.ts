import { expect, test } from 'vitest'
import { lastLists } from '../../../src/learner/arms/last-list.ts'

const choices = [
  { item: 4, propensity: 0.7, score: 1 },
  { item: 2, propensity: 0.2, score: 3 },
]
const made = () => {
  const lasts = lastLists(3)
  lasts.reset(0)
  return lasts
}

test('an event that answers the last list finds its arm and the chance of what was shown', () => {
  const lasts = made()
  lasts.note(0, 1, 42, choices)
  expect(lasts.arm(0, 42)).toBe(1)
  expect([4, 2, 3].map(item => lasts.propensity(0, item))).toEqual([0.7, 0.2, 0])
})

test('one that answers no list, or an older one, finds none', () => {
  const lasts = made()
  expect(lasts.arm(0, 0)).toBe(-1)
  lasts.note(0, 1, 42, choices)
  lasts.note(0, 0, 50, choices.slice(1))
  expect([lasts.arm(0, 42), lasts.arm(0, 0), lasts.arm(0, 50)]).toEqual([-1, -1, 0])
  expect(lasts.propensity(0, 4)).toBe(0)
})

test('another user of the slot has no list', () => {
  const lasts = made()
  lasts.note(0, 1, 42, choices)
  lasts.reset(0)
  expect(lasts.arm(0, 42)).toBe(-1)
})
