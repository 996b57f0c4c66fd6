import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { adaptiveBias } from '../../../src/predictors/baselines/adaptive-bias.ts'
import { biasedMf } from '../../../src/predictors/baselines/biased-mf.ts'
import { itemKnn } from '../../../src/predictors/baselines/item-knn.ts'
import { lengthClass } from '../../../src/predictors/baselines/length-class.ts'
import { globalMean, userMean } from '../../../src/predictors/baselines/mean.ts'
import type { Policy } from '../../../src/predictors/baselines/policy.ts'
import { popularityByHistory } from '../../../src/predictors/baselines/popularity-by-history.ts'
import { baselines } from '../../../src/predictors/baselines/registry.ts'

function ready(policy: Policy, slots = 10): Policy {
  for (let slot = 0; slot < slots; slot++) {
    policy.resetUser(slot, 1000 + slot)
    policy.resetItem(slot, 2000 + slot)
  }
  return policy
}

test('names are unique, and each is in docs/reference/agents/baselines.md', () => {
  const page = readFileSync(new URL('../../../docs/reference/agents/baselines.md', import.meta.url), 'utf8')
  expect(new Set(baselines.map(({ name }) => name)).size).toBe(baselines.length)
  expect(baselines.map(({ name }) => name).filter(name => !page.includes(`\`${name}\``))).toEqual([])
})

test("mean: everyone's; user mean: one's own, everyone's for who has none", () => {
  const [all, own] = [ready(globalMean()), ready(userMean())]
  for (const policy of [all, own])
    for (const [user, reward] of [
      [0, 1],
      [0, 0.5],
      [1, 0],
    ] as const)
      policy.learn(user, 3, reward, 0)
  expect([0, 1, 2].map(user => all.predict(user, 3, 0))).toEqual([0.5, 0.5, 0.5])
  expect([0, 1, 2].map(user => own.predict(user, 3, 0))).toEqual([0.75, 0, 0.5])
})

test('adaptive bias takes large first steps that do not overshoot, then smaller ones', () => {
  const policy = ready(adaptiveBias({ regularisation: 0 }))
  policy.learn(0, 0, 1, 0)
  // The mean moves to 7/12; both steps together take .9 of the 5/12 that are left.
  expect(policy.predict(0, 0, 0)).toBeCloseTo(0.5 + 0.5 / 6 + 0.9 * (5 / 12), 12)
  // User and item step alike but for their floors: .48 and .465.
  expect(policy.predict(0, 1, 0)).toBeCloseTo(7 / 12 + (0.9 * (5 / 12) * 0.48) / 0.945, 12)
})

test('biased factorisation steps down the slope of the squared error, as River does', () => {
  const policy = ready(biasedMf({ seed: 1, spread: 0 }))
  policy.learn(0, 0, 1, 0) // 5 stars: μ = 5, nothing is left over
  expect(policy.predict(0, 1, 0)).toBe(1)
  policy.learn(0, 1, 0, 0) // 1 star: μ = 3, slope 2·(1 − 3), both biases −.025·4
  expect(policy.predict(0, 1, 0)).toBeCloseTo((3 - 0.2 - 1) / 4, 12)
  expect(policy.predict(0, 5, 0)).toBeCloseTo((3 - 0.1 - 1) / 4, 12)
})

test('biased factorisation begins with small factors that differ by id and seed, for users and items', () => {
  const first = (seed: number) => {
    const { userFactors, itemFactors } = ready(biasedMf({ seed }), 500).save(500, 500)
    return [...userFactors!, ...itemFactors!]
  }
  const drawn = first(1)
  expect(new Set(drawn).size).toBe(10_000)
  expect(Math.sqrt(drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length)).toBeCloseTo(0.1, 2)
  expect(first(2)).not.toEqual(drawn)
  expect(first(1)).toEqual(drawn)
})

test('popularity by history tells what newcomers like from what regulars like', () => {
  expect([0, 1, 2, 3, 4, 255, 256, 9999].map(lengthClass)).toEqual([0, 1, 2, 2, 3, 8, 9, 9])
  const policy = ready(popularityByHistory(), 300)
  for (let user = 0; user < 200; user++) policy.learn(user, 0, 1, 0)
  for (let n = 0; n < 40; n++) policy.learn(0, 1, 0.5, 0)
  for (let n = 0; n < 200; n++) policy.learn(0, 0, 0, 0)
  expect(policy.predict(250, 0, 0)).toBeGreaterThan(0.9)
  expect(policy.predict(0, 0, 0)).toBeLessThan(0.1)
})

test('item-kNN learns which items go together, which biases cannot', () => {
  // Items 0–4 are of one kind, 5–9 of the other; each user likes one kind.
  const reward = (user: number, item: number) => (item < 5 === user % 2 > 0 ? 0.9 : 0.2)
  const error = (policy: Policy) => {
    ready(policy, 100)
    let sum = 0
    for (let user = 0; user < 100; user++)
      for (let n = 0; n < 10; n++) {
        const item = (3 * n + user) % 10
        if (user >= 60 && n >= 5) sum += Math.abs(policy.predict(user, item, 0) - reward(user, item))
        policy.learn(user, item, reward(user, item), 0)
      }
    return sum / 200
  }
  expect(error(adaptiveBias())).toBeGreaterThan(0.2)
  expect(error(itemKnn())).toBeLessThan(0.12)
})
