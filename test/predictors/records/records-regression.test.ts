import { expect, test } from 'vitest'
import { recordsSize } from '../../../src/predictors/records/records-layout.ts'
import { recordsRegression } from '../../../src/predictors/records/records-regression.ts'
import { seededRandom } from '../../../src/state/random.ts'

/** A policy upon one that says ½ to everything, whose records are what the test puts there. */
function made() {
  const values = new Float64Array(recordsSize)
  let reads = 0
  const observe = () => {
    reads += 1
    return reads
  }
  return { values, policy: recordsRegression({ base: { predict: () => 0.5 }, records: { values, observe } }) }
}

test('it begins as its base, and learns what the records say beyond it', () => {
  const { values, policy } = made()
  values[3] = 1
  expect(policy.predict(0, 0, 0)).toBe(0.5)
  const random = seededRandom(1, 'test')
  for (let k = 0; k < 4_000; k++) {
    values[3] = random.uniform() < 0.5 ? -1 : 1
    policy.learn(0, 0, random.uniform() < (values[3] > 0 ? 0.8 : 0.2) ? 1 : 0, k)
  }
  values[3] = 1
  expect(policy.predict(0, 0, 0)).toBeGreaterThan(0.65)
  values[3] = -1
  expect(policy.predict(0, 0, 0)).toBeLessThan(0.35)
})

test('saved and restored it predicts the same bits', () => {
  const [one, other] = [made(), made()]
  const random = seededRandom(2, 'test')
  for (let k = 0; k < 200; k++) {
    for (let at = 0; at < recordsSize; at++) one.values[at] = random.normal()
    one.policy.learn(0, 0, random.uniform(), k)
  }
  other.policy.restore(one.policy.save(0, 0))
  other.values.set(one.values)
  expect(other.policy.predict(0, 0, 0)).toBe(one.policy.predict(0, 0, 0))
})

test('items of one moment differ by the base alone, and what is learned counts at once', () => {
  const values = new Float64Array(recordsSize)
  values[3] = 1
  const base = { predict: (_: number, item: number) => [0.2, 0.6][item]! }
  const policy = recordsRegression({ base, records: { values, observe: () => 1 } })
  policy.learn(0, 1, 1, 0)
  const [low, high] = [policy.predict(0, 0, 0), policy.predict(0, 1, 0)]
  const logit = (chance: number) => Math.log(chance / (1 - chance))
  expect(low).toBeGreaterThan(0.2)
  expect(logit(high) - logit(low)).toBeCloseTo(logit(0.6) - logit(0.2), 12)
  policy.learn(0, 1, 1, 0)
  expect(policy.predict(0, 0, 0)).toBeGreaterThan(low)
})
