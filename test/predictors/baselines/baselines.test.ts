import { expect, test } from 'vitest'
import { bias } from '../../../src/predictors/baselines/bias.ts'
import { biasedMf } from '../../../src/predictors/baselines/biased-mf.ts'
import type { Policy } from '../../../src/predictors/baselines/policy.ts'
import { popularity } from '../../../src/predictors/baselines/popularity.ts'
import { hashText } from '../../../src/state/hash.ts'
import { seededRandom } from '../../../src/state/random.ts'

const [users, items] = [12, 15]

/** All slots in use, then events of people who like what is like them. */
function taught(create: () => Policy, count: number, order = Array.from({ length: items }, (_, k) => k)): Policy {
  const policy = create()
  for (let user = 0; user < users; user++) policy.resetUser(user, hashText(`u${user}`))
  for (const item of order) policy.resetItem(item, hashText(`i${item}`))
  teach(policy, count, 1)
  policy.fit?.()
  return policy
}

function teach(policy: Policy, count: number, seed: number): void {
  const random = seededRandom(seed, 'test')
  for (let n = 0; n < count; n++) {
    const [user, item] = [random.integer(users), random.integer(items)]
    policy.learn(user, item, (user + item) % 2 === 0 ? 0.9 : 0.2, n)
  }
}

const allPredictions = (policy: Policy): number[] =>
  Array.from({ length: users * items }, (_, k) => policy.predict(k % users, Math.floor(k / users), 0))

test('popularity believes an item as its events grow, and old events fade', () => {
  const policy = popularity({ meanHalfLife: 100, rankHalfLife: 50, prior: 5 })
  for (const item of [0, 1]) policy.resetItem(item, item)
  for (let n = 0; n < 200; n++) policy.learn(0, 0, 1, n)
  expect(policy.predict(0, 0, 0)).toBeGreaterThan(0.95)
  expect(policy.rank(1)).toBe(0)
  for (let n = 0; n < 400; n++) policy.learn(0, 1, 0.5, n)
  expect(policy.rank(0)).toBeLessThan(0.5)
  expect(policy.rank(1)).toBeGreaterThan(policy.rank(0))
  expect(policy.predict(0, 0, 0)).toBeLessThan(0.95)
})

test('popularity keeps its numbers in range over millions of events', () => {
  const policy = popularity({ meanHalfLife: 10, rankHalfLife: 5, prior: 5 })
  for (const item of [0, 1]) policy.resetItem(item, item)
  for (let n = 0; n < 20_000; n++) policy.learn(0, n % 2, n % 2, n)
  expect(policy.rank(1)).toBeGreaterThan(0)
  expect(Number.isFinite(policy.rank(1))).toBe(true)
  expect(policy.predict(0, 1, 0)).toBeGreaterThan(policy.predict(0, 0, 0))
})

test('bias learns who is generous and what is liked', () => {
  const policy = bias()
  for (const slot of [0, 1]) {
    policy.resetUser(slot, slot)
    policy.resetItem(slot, slot)
  }
  for (let n = 0; n < 300; n++) {
    policy.learn(0, 0, 0.9, n)
    policy.learn(0, 1, 0.7, n)
    policy.learn(1, 0, 0.5, n)
    policy.learn(1, 1, 0.3, n)
  }
  expect([0, 1].flatMap(u => [0, 1].map(i => policy.predict(u, i, 0)))).toEqual(
    [0.9, 0.7, 0.5, 0.3].map(value => expect.closeTo(value, 2)),
  )
})

test('factorisation learns what biases cannot: who likes what', () => {
  const error = (policy: Policy) =>
    allPredictions(policy).reduce((sum, predicted, k) => {
      const liked = ((k % users) + Math.floor(k / users)) % 2 === 0
      return sum + Math.abs(predicted - (liked ? 0.9 : 0.2)) / (users * items)
    }, 0)
  expect(error(taught(() => bias(), 3000))).toBeGreaterThan(0.3)
  expect(error(taught(() => biasedMf({ seed: 1 }), 3000))).toBeLessThan(0.1)
})

test("an item's first factors depend on its id, not on the order in which items came", () => {
  const create = () => biasedMf({ seed: 1 })
  const order = Array.from({ length: items }, (_, k) => items - 1 - k)
  expect(allPredictions(taught(create, 400, order))).toEqual(allPredictions(taught(create, 400)))
})
