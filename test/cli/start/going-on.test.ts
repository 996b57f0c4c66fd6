import { expect, test } from 'vitest'
import { goingOn } from '../../../src/cli/start/going-on.ts'

test.each([
  [{ events: 6000, position: 5898, rows: 5898 }, 'Going on from event 6,000.'],
  [{ events: null, position: 5898, rows: 5898 }, 'Going on from where the last run ended.'],
  [
    { events: 2988181, position: 453536, rows: 2900412 },
    'Going on from event 2,988,181; the learner goes on from row 453,536 of 2,900,412, and learns the rest again.',
  ],
])('%j is told as it is', (standing, text) => {
  expect(goingOn(standing)).toBe(text)
})
