import { expect, test } from 'vitest'
import { createSessions } from '../../../../src/predictors/ensemble/watch/sessions.ts'

const minute = 60_000
const started = () => {
  const sessions = createSessions()
  for (const slot of [0, 1]) {
    sessions.resetUser(slot)
    sessions.resetItem(slot)
  }
  return sessions
}

test('says how long ago, how far into the session and how it went', () => {
  const sessions = started()
  expect([sessions.gap(0, 0), sessions.place(0, 0), sessions.pattern(0, 5), sessions.lastItem(0)]).toEqual([
    15, 0, 1, -1,
  ])
  sessions.add(0, 1, 1, 0)
  sessions.add(0, 0, 0, minute)
  sessions.add(0, 1, 1, 2 * minute)
  // Newest lowest: 1, 0, 1 below the mark.
  expect(sessions.pattern(0, 5)).toBe(0b1101)
  expect(sessions.pattern(0, 2)).toBe(0b101)
  expect(sessions.place(0, 3 * minute)).toBe(3)
  expect(sessions.place(0, 40 * minute)).toBe(0)
  expect(sessions.gap(0, 2 * minute)).toBe(0)
  expect(sessions.gap(0, 3 * minute)).toBe(4)
  expect(sessions.lastItem(0)).toBe(1)
  expect(sessions.lastItem(1)).toBe(-1)
})

test('a pattern holds eight rewards however many there were', () => {
  const sessions = started()
  for (let n = 0; n < 100; n++) sessions.add(0, 0, n % 2, n)
  expect(sessions.pattern(0, 8)).toBe(0b1_0101_0101)
})

test('a slot that passed to another item is not the last item any more', () => {
  const sessions = started()
  sessions.add(0, 1, 1, 0)
  sessions.resetItem(1)
  expect(sessions.lastItem(0)).toBe(-1)
})
