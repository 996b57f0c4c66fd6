import { expect, test } from 'vitest'
import { createHabits } from '../../../src/predictors/ensemble/habits.ts'
import { itemDrift } from '../../../src/predictors/ensemble/item-drift.ts'
import { createMoods, moodWidth } from '../../../src/predictors/ensemble/mood.ts'

const minute = 60_000

test('moods of two events, by hand', () => {
  const moods = createMoods()
  moods.reset(0)
  const into = new Float64Array(moodWidth)
  moods.read(0, 0, into, 0)
  expect([...into]).toEqual(new Array(moodWidth).fill(0))
  moods.add(0, 0, 1)
  moods.add(0, 10 * minute, -0.5)
  moods.read(0, 11 * minute, into, 0)
  const age = Math.log1p(60) / 12
  for (const [k, fade] of [0, 0.6, 0.85, 0.95].entries()) {
    const mood = (fade - 0.5) / (fade + 2)
    expect(into[k]).toBeCloseTo(mood, 6)
    expect(into[4 + k]).toBeCloseTo(mood * age, 6)
  }
})

test('habits of somebody who gives ones and fives, while predictions stay near the mean', () => {
  const habits = createHabits()
  habits.reset(0)
  const into = new Float64Array(habits.width)
  habits.read(0, 4, into)
  expect([...into]).toEqual([0, 0, 0])
  for (let n = 0; n < 100; n++) habits.add(0, n % 2 === 0 ? 3.5 : 2.5, n % 2 === 0 ? 5 : 1)
  habits.read(0, 4, into)
  expect(into[0]).toBeGreaterThan(0.8)
  expect(into[1]).toBeCloseTo(into[0]!, 9)
  expect(into[2]).toBeGreaterThan(0.5)
  habits.reset(0)
  habits.read(0, 4, into)
  expect([...into]).toEqual([0, 0, 0])
})

test('drift of an item fades with its events', () => {
  const drift = itemDrift([0.5])
  drift.reset(0)
  const into = new Float64Array(1)
  drift.add(0, 1)
  drift.add(0, 0.5)
  drift.read(0, into, 0)
  expect(into[0]).toBeCloseTo((0.5 * 1 + 0.5) / (0.5 + 1 + 2), 6)
})
