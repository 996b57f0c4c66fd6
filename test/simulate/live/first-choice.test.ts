import { expect, test } from 'vitest'
import { firstChoice } from '../../../src/simulate/live/first-choice.ts'

const all = () => true

test('chooses by popularity, the same item for the same name', () => {
  const choose = firstChoice(Float64Array.of(0, 97, 0))
  const chosen = Array.from({ length: 1_000 }, (_, n) => choose(1, `s1-${n}`, all))
  expect(chosen.filter(item => item === 1).length).toBeGreaterThan(950)
  expect(new Set(chosen)).toEqual(new Set([0, 1, 2]))
  expect(Array.from({ length: 1_000 }, (_, n) => choose(1, `s1-${n}`, all))).toEqual(chosen)
})

test('chooses only what is allowed', () => {
  const choose = firstChoice(Float64Array.of(10, 1_000_000, 10))
  expect(choose(1, 'ann', item => item === 2)).toBe(2)
})
