import { expect, test } from 'vitest'
import { generalisedAdvantages, type Steps, standardise } from '../../../src/agents/a3c/advantages.ts'

/** One user's three steps in a row. */
const steps: Steps = {
  rewards: Float32Array.of(1, 0, 2),
  discounts: Float32Array.of(0.5, 0.5, 0.5),
  values: Float32Array.of(1, 2, 3),
  nextValues: Float32Array.of(2, 3, 4),
  ratios: Float32Array.of(1, 1, 1),
  following: Int32Array.of(1, 2, -1),
}

test('λ = 0 looks one step ahead and trusts the critic', () => {
  const { advantages, targets } = generalisedAdvantages(steps, 0)
  expect([...advantages]).toEqual([1 + 1 - 1, 0 + 1.5 - 2, 2 + 2 - 3])
  expect([...targets]).toEqual([2, 1.5, 4])
})

test('λ = 1 sums what happened, as far as it is known, and the critic only knows the rest', () => {
  const { targets } = generalisedAdvantages(steps, 1)
  const third = 2 + 0.5 * 4
  expect([...targets]).toEqual([1 + 0.5 * (0.5 * third), 0.5 * third, third])
})

test('what the policy would hardly have chosen moves targets less, and does not reach the steps before it', () => {
  const unlikely = { ...steps, ratios: Float32Array.of(1, 0, 1) }
  const { advantages, targets } = generalisedAdvantages(unlikely, 1)
  expect(targets[1]).toBe(2)
  expect(advantages[0]).toBe(1 + 0.5 * 2 - 1)
})

test('users do not learn from each other', () => {
  const apart = { ...steps, following: Int32Array.of(-1, 2, -1) }
  expect(generalisedAdvantages(apart, 1).advantages[0]).toBe(1 + 0.5 * 2 - 1)
})

test('advantages are standardised over those that count', () => {
  const numbers = standardise(Float32Array.of(1, 3, 100), k => k < 2)
  expect([...numbers.slice(0, 2)].map(each => Math.round(each))).toEqual([-1, 1])
  expect(standardise(Float32Array.of(5), () => false)).toEqual(Float32Array.of(5))
})
