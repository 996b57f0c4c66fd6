import { describe, expect, test } from 'vitest'
import type { Expert } from '../../src/predictors/ensemble/ensemble.ts'
import { hashText } from '../../src/state/hash.ts'
import { seededRandom } from '../../src/state/random.ts'
import { copies } from '../../src/state/saved-arrays.ts'
import { expectSameBits } from './same-bits.ts'

export interface PolicyContract {
  /** A new policy; the same seed makes the same. */
  create(seed: number): Expert
  /** Whether the seed changes anything. */
  random: boolean
}

const [users, items, minute] = [12, 15, 60_000]

/** A new policy whose slots are all in use, and described where it takes descriptions. */
function begun({ create }: PolicyContract, seed = 1): Expert {
  const policy = create(seed)
  for (let user = 0; user < users; user++) {
    policy.resetUser(user, hashText(`u${user}`))
    policy.describeUser?.(user, [`age=${user % 3}`, '@tab=1'])
  }
  for (let item = 0; item < items; item++) {
    policy.resetItem(item, hashText(`i${item}`))
    policy.describeItem?.(item, [`genre=${item % 4}`])
  }
  return policy
}

/** Events from … to − 1 of people who like what is like them, then a fit where the policy fits. */
function teach(
  policy: Expert,
  from: number,
  to: number,
  see: (user: number, item: number, time: number) => void = () => {},
) {
  for (let event = from; event < to; event++) {
    const random = seededRandom(event, 'contract.policy')
    const [user, item] = [random.integer(users), random.integer(items)]
    see(user, item, event * minute)
    const liked = (user + item) % 2 === 0
    policy.learn(user, item, liked ? 0.8 + 0.2 * random.uniform() : 0.3 * random.uniform(), event * minute)
  }
  policy.fit?.()
}

const taught = (contract: PolicyContract, count: number, seed = 1): Expert => {
  const policy = begun(contract, seed)
  teach(policy, 0, count)
  return policy
}

const predictions = (policy: Expert, time: number): number[] =>
  Array.from({ length: users * items }, (_, at) => policy.predict(at % users, Math.floor(at / users), time))

/** What every policy must do that predicts rewards and learns from them; run once for each. */
export function policyContract(contract: PolicyContract): void {
  const later = 500 * minute

  test('knows nothing at first, and stays within 0 and 1 whatever it learns', () => {
    expect(begun(contract).predict(0, 0, 0)).toBeCloseTo(0.5, 2)
    for (const predicted of predictions(taught(contract, 2000), later)) {
      expect(predicted).toBeGreaterThanOrEqual(0)
      expect(predicted).toBeLessThanOrEqual(1)
    }
  })

  test('learns: what came out well is predicted higher in the mean than what came out badly, for those it saw', () => {
    const policy = begun(contract)
    for (let event = 0; event < 400; event++)
      policy.learn(event % 4, event % 3, event % 3 === 0 ? 0.9 : 0.1, event * minute)
    policy.fit?.()
    const mean = (item: number) => [0, 1, 2, 3].reduce((sum, user) => sum + policy.predict(user, item, later), 0) / 4
    const good = mean(0)
    const bad = (mean(1) + mean(2)) / 2
    expect(good).toBeGreaterThanOrEqual(bad)
    expect(Math.abs((good + 2 * bad) / 3 - 0.37)).toBeLessThan(0.2)
  })

  test('gives the same bits for the same seed, other ones for another where chance has a part', () => {
    const [first, again, other] = [1, 1, 2].map(seed => taught(contract, 500, seed))
    expectSameBits(again!.save(users, items), first!.save(users, items))
    expect(predictions(again!, later)).toEqual(predictions(first!, later))
    if (contract.random) expect(predictions(other!, later)).not.toEqual(predictions(first!, later))
    else expect(predictions(other!, later)).toEqual(predictions(first!, later))
  })

  test('does not learn by predicting', () => {
    const plain = taught(contract, 500)
    const asked = begun(contract)
    teach(asked, 0, 500, (user, item, time) => {
      asked.predict(item % users, user, time)
      asked.predict(user, item, time)
    })
    predictions(asked, later)
    expectSameBits(asked.save(users, items), plain.save(users, items))
    expect(predictions(asked, later)).toEqual(predictions(plain, later))
  })

  test('restored into a fresh one it goes on as if it had never stopped, and the two share nothing', () => {
    const policy = taught(contract, 500)
    const saved = copies(policy.save(users, items))
    const restored = begun(contract)
    restored.restore(policy.save(users, items))
    expectSameBits(restored.save(users, items), saved)
    teach(policy, 500, 900)
    expectSameBits(restored.save(users, items), saved)
    teach(restored, 500, 900)
    expect(predictions(restored, later)).toEqual(predictions(policy, later))
    expectSameBits(restored.save(users, items), policy.save(users, items))
  })

  describe('forgetting', () => {
    // One that changed hands must be like a slot that was nobody's before.
    test.each([
      ['at once', false],
      ['after another fit', true],
    ])('a user slot that changes hands is like a new one, %s', (_, fits) => {
      const policy = taught(contract, 500)
      for (const slot of [3, users]) policy.resetUser(slot, hashText('new'))
      if (fits) policy.fit?.()
      for (let item = 0; item < items; item++) {
        expect(policy.predict(3, item, later)).toBe(policy.predict(users, item, later))
      }
    })

    test.each([
      ['at once', false],
      ['after another fit', true],
    ])('an item slot that changes hands is like a new one, %s', (_, fits) => {
      const policy = taught(contract, 500)
      for (const slot of [4, items]) policy.resetItem(slot, hashText('new'))
      if (fits) policy.fit?.()
      for (let user = 0; user < users; user++) {
        expect(policy.predict(user, 4, later)).toBe(policy.predict(user, items, later))
      }
    })
  })

  describe('what is no reward', () => {
    test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is left out', reward => {
      const policy = taught(contract, 300)
      const before = structuredClone(policy.save(users, items))
      policy.learn(2, 3, reward, later)
      expectSameBits(policy.save(users, items), before)
    })

    test.each([7, -7])('%d never leads out of 0 and 1', reward => {
      const policy = taught(contract, 300)
      for (let event = 0; event < 50; event++)
        policy.learn(event % users, event % items, reward, later + event * minute)
      policy.fit?.()
      for (const predicted of predictions(policy, 2 * later)) {
        expect(predicted).toBeGreaterThanOrEqual(0)
        expect(predicted).toBeLessThanOrEqual(1)
      }
    })
  })
}
