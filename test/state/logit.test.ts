import { expect, test } from 'vitest'
import { chanceOf, logitOf } from '../../src/state/logit.ts'

test('a logit and its chance belong together, as far as chances are told apart', () => {
  expect(logitOf(0.5)).toBe(0)
  expect(chanceOf(logitOf(0.9))).toBeCloseTo(0.9, 12)
  expect(logitOf(0, 1e-4)).toBeCloseTo(-9.21024, 5)
  expect(logitOf(1, 1e-4)).toBeCloseTo(9.21024, 5)
  expect(logitOf(0)).toBeCloseTo(-13.81551, 5)
})
