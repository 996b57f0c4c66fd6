import { expect, test } from 'vitest'
import { baselineOnly } from '../../../src/predictors/baselines/baseline-only.ts'
import { type BatchPolicy, batchPolicy } from '../../../src/predictors/baselines/batch-policy.ts'
import { factorModel, svd } from '../../../src/predictors/baselines/svd.ts'
import { descendImplicit } from '../../../src/predictors/baselines/svd-plus-plus.ts'
import { trainsetOf } from '../../../src/predictors/baselines/trainset.ts'
import { seededRandom } from '../../../src/state/random.ts'

function taught(policy: BatchPolicy, events: number): BatchPolicy {
  for (let slot = 0; slot < 9; slot++) {
    policy.resetUser(slot, slot)
    policy.resetItem(slot, slot)
  }
  const random = seededRandom(1, 'test')
  for (let n = 0; n < events; n++) policy.learn(random.integer(8), random.integer(8), random.uniform(), n)
  return policy
}
const table = (policy: BatchPolicy) => Array.from({ length: 64 }, (_, k) => policy.predict(k % 8, k >> 3, 0))

test('a fit that is given up leaves the one before it in place', () => {
  const policy = taught(batchPolicy(svd({ seed: 1 })), 40)
  policy.fit()
  const before = table(policy)
  policy.learn(0, 0, 1, 0)
  const steps = policy.fitSteps()
  const shares = [steps.next().value, steps.next().value]
  expect(shares).toEqual([0.05, 0.1])
  expect(table(policy)).toEqual(before)
  policy.fit()
  expect(table(policy)).not.toEqual(before)
})

test('fitting twice gives the same, another seed something else', () => {
  const [one, two] = [1, 2].map(seed => taught(batchPolicy(svd({ seed })), 40))
  for (const policy of [one!, two!]) policy.fit()
  const once = table(one!)
  one!.fit()
  expect(table(one!)).toEqual(once)
  expect(table(two!)).not.toEqual(once)
})

test('only the newest events are kept', () => {
  const policy = taught(batchPolicy(baselineOnly(), { capacity: 3 }), 0)
  for (const reward of [0, 0, 1, 1, 1]) policy.learn(1, 1, reward, 0)
  policy.fit()
  expect(policy.predict(7, 7, 0)).toBe(1)
})

test('of ratings of the same pair the last one counts', () => {
  const repeated = { user: Int32Array.of(0, 1, 0), item: Int32Array.of(0, 0, 0), rating: Float32Array.of(1, 2, 5) }
  const set = trainsetOf({ ...repeated, users: 2, items: 1 })
  expect(set.length).toBe(2)
  expect([...set.byItem.rating]).toEqual([2, 5])
  expect(set.mean).toBe(3.5)
})

test('events of whoever had a slot before are not learned', () => {
  const policy = taught(batchPolicy(baselineOnly()), 0)
  for (let n = 0; n < 9; n++) policy.learn(1, 1, 0, 0)
  policy.resetUser(1, 77)
  policy.learn(2, 2, 1, 0)
  policy.fit()
  expect(policy.predict(1, 1, 0)).toBe(1)
})

test('a fit without events, or with none that still count, changes nothing', () => {
  const policy = taught(batchPolicy(baselineOnly()), 0)
  policy.fit()
  expect(policy.predict(0, 0, 0)).toBe(0.5)
  policy.learn(1, 1, 0, 0)
  policy.resetItem(1, 77)
  policy.fit()
  expect(policy.predict(0, 0, 0)).toBe(0)
})

test('SVD++ moves the factors of everything a user rated at each rating, as defined', () => {
  const random = seededRandom(2, 'test')
  const [users, items, factors, epochs, rate, regularisation] = [5, 6, 3, 4, 0.05, 0.1]
  const pairs = Array.from({ length: users * items }, (_, k) => k).filter(() => random.uniform() < 0.6)
  const set = trainsetOf({
    user: Int32Array.from(pairs, k => Math.floor(k / items)),
    item: Int32Array.from(pairs, k => k % items),
    rating: Float32Array.from(pairs, () => 1 + random.integer(5)),
    users,
    items,
  })
  const numbers = (rows: number) => Float64Array.from({ length: rows * factors }, () => 0.3 * random.normal())
  const [p, q, y] = [numbers(users), numbers(items), numbers(items)]

  // Koren 2008, §4, taken literally.
  const [bu, bi] = [new Float64Array(users), new Float64Array(items)]
  const [wantedP, wantedQ, wantedY] = [p.slice(), q.slice(), y.slice()]
  const ratedBy = (u: number) => [...set.byUser.other.subarray(set.byUser.start[u], set.byUser.start[u + 1])]
  const lent = (u: number, f: number) =>
    ratedBy(u).reduce((sum, j) => sum + wantedY[j * factors + f]!, 0) / Math.sqrt(ratedBy(u).length)
  const all = [...Array(factors).keys()]
  const estimate = (u: number, i: number) =>
    all.reduce(
      (sum, f) => sum + wantedQ[i * factors + f]! * (wantedP[u * factors + f]! + lent(u, f)),
      set.mean + bu[u]! + bi[i]!,
    )
  for (let epoch = 0; epoch < epochs; epoch++)
    for (let u = 0; u < users; u++)
      for (let k = set.byUser.start[u]!; k < set.byUser.start[u + 1]!; k++) {
        const i = set.byUser.other[k]!
        const error = set.byUser.rating[k]! - estimate(u, i)
        const implicit = all.map(f => lent(u, f))
        bu[u]! += rate * (error - regularisation * bu[u]!)
        bi[i]! += rate * (error - regularisation * bi[i]!)
        for (const f of all) {
          const [pf, qf] = [wantedP[u * factors + f]!, wantedQ[i * factors + f]!]
          wantedP[u * factors + f]! += rate * (error * qf - regularisation * pf)
          wantedQ[i * factors + f]! += rate * (error * (pf + implicit[f]!) - regularisation * qf)
          for (const j of ratedBy(u))
            wantedY[j * factors + f]! +=
              rate * ((error * qf) / Math.sqrt(ratedBy(u).length) - regularisation * wantedY[j * factors + f]!)
        }
      }

  const options = { factors, epochs, rate, regularisation, spread: 0 }
  const training = descendImplicit(set, { user: p, item: q, implicit: y }, options)
  let step = training.next()
  while (step.done !== true) step = training.next()
  const model = factorModel(step.value)
  for (let u = 0; u < users; u++)
    for (let i = 0; i < items; i++) expect(model.estimate(u, i)).toBeCloseTo(estimate(u, i), 10)
})
