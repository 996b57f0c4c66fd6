import { expect, test } from 'vitest'
import { follow } from '../../../src/lab/simulate/follow.ts'
import { builtInPolicies } from '../../../src/lab/simulate/policies/built-in.ts'
import type { Population } from '../../../src/lab/simulate/world/population.ts'
import { type WorldName, worlds } from '../../../src/lab/simulate/world/settings.ts'
import { movieLens } from './world/movielens.ts'
import { generated } from './world/population.ts'

const under = (policy: string, world: WorldName, population: Population = generated, people = 32) =>
  follow({ population, settings: worlds[world], people, seed: 1234, policy: builtInPolicies[policy]! })

test('where people tire, leave and return, what satisfies beats what is watched longest', () => {
  const [random, myopic, rating, index] = ['random', 'oracle-myopic', 'rating', 'oracle-index'].map(
    policy => under(policy, 'saturating').rewardPerUserDay,
  ) as [number, number, number, number]
  expect(myopic).toBeGreaterThan(1.4 * random)
  expect(rating).toBeGreaterThan(1.15 * myopic)
  expect(index).toBeGreaterThan(1.4 * rating)
})

test('where nothing shown changes what comes, nothing beats what is watched longest', () => {
  const myopic = under('oracle-myopic', 'static').rewardPerUserDay
  for (const policy of ['random', 'rating', 'popularity']) {
    expect(under(policy, 'static').rewardPerUserDay).toBeLessThan(1.03 * myopic)
  }
})

// Reward per user-day of the prototype, which had other people of the same kind.
test.skipIf(movieLens === null).each([
  ['saturating', 'random', 12.7],
  ['saturating', 'rating', 34.3],
  ['saturating', 'oracle-myopic', 24.9],
  ['saturating', 'oracle-index', 59.5],
  ['full', 'random', 19.4],
  ['full', 'rating', 56.5],
  ['static', 'oracle-myopic', 38.9],
] as const)('MovieLens 100K, %s: %s comes to about %d a user-day', (world, policy, expected) => {
  const { rewardPerUserDay, standardError } = under(policy, world, movieLens!, 64)
  expect(Math.abs(rewardPerUserDay - expected)).toBeLessThan(0.05 * expected + 3 * standardError)
})

test('the same seed follows the same people to the same end, another seed others', () => {
  const [once, twice] = [under('rating', 'full', generated, 8), under('rating', 'full', generated, 8)]
  expect(twice).toEqual(once)
  const other = follow({
    ...{ population: generated, settings: worlds.full, people: 8, seed: 5, policy: builtInPolicies['rating']! },
  })
  expect(other.rewardPerUserDay).not.toBe(once.rewardPerUserDay)
})

test('all figures lie within what it can be', () => {
  const figures = under('random', 'saturating')
  expect(figures.people).toBe(32)
  expect(figures.sessionLength).toBeGreaterThan(1)
  expect(figures.sessionLength).toBeLessThan(60)
  expect(figures.effectiveGenres).toBeGreaterThan(8)
  expect(figures.effectiveGenres).toBeLessThanOrEqual(18)
  expect(figures.returnRate).toBeGreaterThan(0.7)
  expect(figures.returnRate).toBeLessThan(1)
  expect(figures.sessionLength * figures.sessionsPerDay * 320).toBeCloseTo(figures.steps, 6)
  expect(figures.likesPerUserDay).toBeLessThan(figures.steps / 320)
})
