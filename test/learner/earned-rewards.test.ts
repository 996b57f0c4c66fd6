import { expect, test } from 'vitest'
import { earnedRewards } from '../../src/learner/earned-rewards.ts'
import type { Policy } from '../../src/predictors/baselines/policy.ts'

const nobody: readonly Policy[] = ['plain', 'other'].map(name => ({ name }) as Policy)

/** What policies come to after events at which both said these chances, and the network the third, and the reward came. */
function after(events: number, alone: readonly [plain: number, other: number, own: number], reward: number) {
  const earned = earnedRewards(nobody, { basePolicy: 0, besidePolicies: [0, 1], loss: 'log' })
  for (let k = 0; k < events; k++) earned.learn(Float64Array.from(alone), k % 2 === 0 ? reward : 1 - reward, false)
  return earned
}

test('a network is held beside the first of two policies and the second, about half of each, to begin with', () => {
  const earned = after(0, [0.5, 0.5, 0.5], 1)
  expect(earned.beside(policy => [0.2, 0.6][policy]!, false)).toBeCloseTo(0.42, 2)
})

test('of two policies the one that knows more is what a network is held beside', () => {
  for (const [plain, other] of [
    [0.5, 0.9],
    [0.9, 0.5],
  ] as const) {
    const earned = earnedRewards(nobody, { basePolicy: 0, besidePolicies: [0, 1], loss: 'log' })
    for (let k = 0; k < 400; k++) {
      const reward = k % 10 === 0 ? 0 : 1
      earned.learn(Float64Array.of(plain, other, 0.5), reward, false)
    }
    const beside = earned.beside(policy => [plain, other][policy]!, false)
    expect(Math.abs(beside - 0.9)).toBeLessThan(0.05)
    // A network that says a coin's chance all the time adds nothing to it.
    expect(Math.abs(earned.own(beside, 0.5, false) - beside)).toBeLessThan(0.02)
  }
})

test('where there is one policy only, a network is held beside that', () => {
  const earned = earnedRewards(nobody, { basePolicy: 0, besidePolicies: [0, 0], loss: 'squared' })
  for (let k = 0; k < 50; k++) earned.learn(Float64Array.of(0.3, 0.9, 0.5), 0.9, false)
  expect(earned.beside(policy => [0.3, 0.9][policy]!, false)).toBeCloseTo(0.3, 12)
})

test('what was earned goes on after a restart, bit for bit', () => {
  const one = after(300, [0.4, 0.8, 0.6], 0.8)
  const other = after(0, [0.5, 0.5, 0.5], 1)
  other.restore(one.save())
  expect(other.beside(policy => [0.1, 0.7][policy]!, false)).toBe(one.beside(policy => [0.1, 0.7][policy]!, false))
  expect(other.own(0.2, 0.9, false)).toBe(one.own(0.2, 0.9, false))
})
