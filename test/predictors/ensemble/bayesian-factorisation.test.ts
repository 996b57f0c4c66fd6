import { expect, test } from 'vitest'
import {
  type BayesianFactorisation,
  bayesianFactorisation,
} from '../../../src/predictors/ensemble/bayesian-factorisation.ts'
import { hashText } from '../../../src/state/hash.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { solveDense } from './dense.ts'

const [users, items] = [12, 15]

function create(given: Partial<Parameters<typeof bayesianFactorisation>[0]> = {}): BayesianFactorisation {
  const policy = bayesianFactorisation({ factors: 3, seed: 1, ...given })
  for (let user = 0; user < users; user++) policy.resetUser(user, hashText(`u${user}`))
  for (let item = 0; item < items; item++) policy.resetItem(item, hashText(`i${item}`))
  return policy
}

const liked = (user: number, item: number) => (user + item) % 2 === 0

function teach(policy: BayesianFactorisation, count: number, seed: number): void {
  const random = seededRandom(seed, 'test')
  for (let n = 0; n < count; n++) {
    const [user, item] = [random.integer(users), random.integer(items)]
    policy.learn(user, item, liked(user, item) ? 0.9 : 0.2, n)
  }
}

test('one update of a user, by hand: one factor, one event', () => {
  const policy = create({ factors: 1, refreshes: 0, noise: 0.8, kappa: 0.6, biasVariance: 0.2, factorVariance: 0.15 })
  const y = policy.itemFactors()[2]!
  policy.learn(0, 2, 1, 0)
  // The item is as it began: mean y, variance 0.075, bias 0. A rating of 5 moves the mean from 3 to 65/21.
  const target = 5 - 65 / 21
  const a = [
    [y * y + 0.6 * 0.075 + 0.8 / 0.15, y],
    [y, 1 + 0.8 / 0.2],
  ]
  const [factor, bias] = solveDense(a, [y * target, target])
  expect(policy.userFactors()[0]).toBeCloseTo(factor!, 6)
  expect(4 * policy.userBias(0)).toBeCloseTo(bias!, 6)
})

test('the posterior of a user equals a dense solve over the whole history', () => {
  const kappa = 0.6
  const policy = create({ refreshes: 0, kappa, decay: 0.01 })
  teach(policy, 60, 1)
  const history: { item: number; rating: number }[] = []
  const random = seededRandom(1, 'test')
  const mean = { count: 20, sum: 60 }
  for (let n = 0; n < 60; n++) {
    const [user, item] = [random.integer(users), random.integer(items)]
    const rating = 1 + 4 * (liked(user, item) ? 0.9 : 0.2)
    mean.count += 1
    mean.sum += rating
    if (user === 4) history.push({ item, rating })
  }
  // The items as they stand before the next event, whose user is updated first.
  const states = Array.from({ length: items }, (_, item) => policy.itemPosterior(item))
  policy.learn(4, 7, 0.5, 60)
  history.push({ item: 7, rating: 3 })
  const mu = (mean.sum + 3) / (mean.count + 1)
  const a = Array.from({ length: 4 }, (_, r) =>
    Array.from({ length: 4 }, (_, c) => (r !== c ? 0 : r < 3 ? 0.8 / 0.15 : 0.8 / 0.2)),
  )
  const b = [0, 0, 0, 0]
  for (const [k, { item, rating }] of history.entries()) {
    const w = 1 / (1 + 0.01 * (history.length - 1 - k))
    const { mean: m, covariance } = states[item]!
    const z = [m[0]!, m[1]!, m[2]!, 1]
    for (let r = 0; r < 4; r++) {
      b[r]! += w * z[r]! * (rating - mu - m[3]!) - (r < 3 ? w * kappa * covariance[r]![3]! : 0)
      for (let c = 0; c < 4; c++) a[r]![c]! += w * (z[r]! * z[c]! + (r < 3 && c < 3 ? kappa * covariance[r]![c]! : 0))
    }
  }
  const expected = solveDense(a, b)
  for (let k = 0; k < 3; k++) expect(policy.userFactors()[4 * 3 + k]).toBeCloseTo(expected[k]!, 5)
  expect(4 * policy.userBias(4)).toBeCloseTo(expected[3]!, 5)
})

test('learns what biases cannot, and grows sure of it', () => {
  const policy = create()
  const before = policy.variance(3, 4)
  teach(policy, 3000, 1)
  let error = 0
  for (let user = 0; user < users; user++) {
    for (let item = 0; item < items; item++) {
      error += Math.abs(policy.predict(user, item, 0) - (liked(user, item) ? 0.9 : 0.2)) / (users * items)
    }
  }
  expect(error).toBeLessThan(0.05)
  expect(policy.variance(3, 4)).toBeLessThan(before / 4)
})

test('draws of a taste scatter about the prediction as its variance says', () => {
  const policy = create()
  teach(policy, 40, 1)
  const random = seededRandom(2, 'draws')
  const draws = Array.from({ length: 4000 }, () => policy.draw(5, random)(6))
  const mean = draws.reduce((sum, each) => sum + each, 0) / draws.length
  const variance = draws.reduce((sum, each) => sum + (each - mean) ** 2, 0) / draws.length
  expect(mean).toBeCloseTo(policy.predict(5, 6, 0), 1)
  expect(16 * variance).toBeGreaterThan(0.7 * policy.variance(5, 6))
  expect(16 * variance).toBeLessThan(1.3 * policy.variance(5, 6))
})

test('who is new stands where others with such features stand', () => {
  const policy = bayesianFactorisation({ factors: 2, seed: 1, fitEvery: 100 })
  for (let user = 0; user < 41; user++) {
    policy.resetUser(user, user)
    policy.describeUser(user, [user % 2 === 0 ? 'kind' : 'strict'])
  }
  for (let item = 0; item < 6; item++) policy.resetItem(item, item)
  for (let n = 0; n < 600; n++) policy.learn(n % 40, n % 6, n % 2 === 0 ? 0.8 : 0.3, n)
  const kind = policy.predict(40, 0, 0)
  policy.describeUser(40, ['strict'])
  const strict = policy.predict(40, 0, 0)
  // Twenty of each kind, against a pull to zero that weighs as much as ten.
  expect(kind - strict).toBeGreaterThan(0.05)
})

test('a slot that was reset is as new, and events of its former holder count no more', () => {
  const [used, fresh] = [create(), create()]
  for (const policy of [used, fresh]) teach(policy, 400, 1)
  for (let n = 0; n < 50; n++) used.learn(3, 4, 1, n)
  for (const policy of [used, fresh]) {
    policy.resetUser(3, hashText('somebody else'))
    policy.resetItem(4, hashText('something else'))
  }
  expect(used.userCount(3)).toBe(0)
  expect([...used.userFactors().subarray(9, 12)]).toEqual([...fresh.userFactors().subarray(9, 12)])
  expect([...used.itemFactors().subarray(12, 15)]).toEqual([...fresh.itemFactors().subarray(12, 15)])
  expect(used.variance(3, 4)).toBeCloseTo(fresh.variance(3, 4), 6)
})

test('a restored one goes on exactly like the one it was saved from', () => {
  const one = create({ fitEvery: 50, past: 64, history: 10 })
  teach(one, 300, 1)
  const other = bayesianFactorisation({ factors: 3, seed: 1, fitEvery: 50, past: 64, history: 10 })
  other.restore(one.save(users, items))
  for (const policy of [one, other]) {
    teach(policy, 200, 2)
    policy.resetUser(2, hashText('new'))
    policy.resetItem(3, hashText('new'))
    teach(policy, 200, 3)
  }
  expect(other.save(users, items)).toEqual(one.save(users, items))
})
