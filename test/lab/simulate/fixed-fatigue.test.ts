import { expect, test } from 'vitest'
import { follow } from '../../../src/lab/simulate/follow.ts'
import { builtInPolicies, builtInPolicy } from '../../../src/lab/simulate/policies/built-in.ts'
import type { PolicyFor } from '../../../src/lab/simulate/policy.ts'
import { type WorldName, worlds } from '../../../src/lab/simulate/world/settings.ts'
import { generated } from './world/population.ts'

const reward = (policy: PolicyFor, world: WorldName) =>
  follow({ population: generated, settings: worlds[world], people: 24, seed: 7, policy }).rewardPerUserDay

test('a fixed rule against fatigue gains where people tire, and loses where they do not', () => {
  const [rule, rating] = [builtInPolicies['fixed-fatigue']!, builtInPolicies['rating']!]
  expect(reward(rule, 'saturating')).toBeGreaterThan(1.15 * reward(rating, 'saturating'))
  expect(reward(rule, 'static')).toBeLessThan(reward(rating, 'static'))
}, 60_000)

test('without any weight on fatigue it is the ranker by rating', () => {
  expect(reward(builtInPolicy('fixed-fatigue', { weight: '0' })!, 'saturating')).toBe(
    reward(builtInPolicies['rating']!, 'saturating'),
  )
}, 60_000)

test('it may believe in other speeds than people have', () => {
  const wrong = reward(builtInPolicy('fixed-fatigue', { pace: 10 })!, 'saturating')
  expect(wrong).not.toBe(reward(builtInPolicies['fixed-fatigue']!, 'saturating'))
  expect(() => builtInPolicy('fixed-fatigue', { pace: 0 })).toThrow(/pace of fixed-fatigue must be/)
}, 60_000)
