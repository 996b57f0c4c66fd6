import { expect, test } from 'vitest'
import type { Catalogue, ItemFacts } from '../../../../../src/agents/catalogue.ts'
import { itemFeatures } from '../../../../../src/agents/ddpg-la/planning/index/item-features.ts'
import { fatigueSpeeds } from '../../../../../src/agents/ddpg-la/planning/index/speeds.ts'
import { featureNames, userMemory } from '../../../../../src/agents/ddpg-la/planning/index/user-memory.ts'
import { plainCatalogue } from '../../../plain-catalogue.ts'

const [minute, day] = [60_000, 86_400_000]

/** Four items: two dramas, a war film, half of each. */
const facts: ItemFacts = {
  version: 1,
  shareSize: 2,
  shares: Float32Array.of(1, 0, 1, 0, 0, 1, 0.5, 0.5),
  bias: Float32Array.of(0, 1, 2, 3),
  met: Float32Array.of(10, 1000, 10, 10),
  since: Float64Array.of(0, Number.NaN, 0, 7 * day),
}
const estimates = [4, 3, 2, 1]

function memory() {
  const catalogue: Catalogue = {
    ...plainCatalogue(4),
    estimate: (_, item) => estimates[item]!,
    itemFacts: () => facts,
  }
  const kept = userMemory(catalogue, itemFeatures(catalogue), {
    speeds: fatigueSpeeds({ pace: 1 }),
    gapMs: 20 * minute,
  })
  const shown = (item: number, reward: number, time: number, decided = time) => {
    const event = { item, reward, like: 0, time, decided, propensity: 1 }
    kept.look(0, kept.moment(0, event))
    kept.add(0, event, true)
  }
  const features = (item: number, time: number) => {
    kept.look(0, time)
    const into = new Float64Array(featureNames.length)
    kept.features(item, into)
    return Object.fromEntries(featureNames.map((name, k) => [name, into[k]!]))
  }
  return { kept, shown, features }
}

test('somebody new is tired of nothing, and ratings are told in deviations from their mean', () => {
  const { features } = memory()
  const { rating, fatigue, interest } = features(0, 0)
  expect(rating).toBeCloseTo(1.5 / Math.sqrt(1.25), 6)
  expect([fatigue, interest]).toEqual([0, 0])
})

test('what was watched tires of its themes, in shares, by how much of it was watched', () => {
  const { shown, features } = memory()
  shown(0, 1, minute)
  shown(3, 0.5, 2 * minute)
  expect(features(1, 3 * minute)['fatigue']).toBeCloseTo(0.9 + 0.25, 6)
  expect(features(2, 3 * minute)['fatigue']).toBeCloseTo(0.25, 6)
  expect(features(3, 3 * minute)['fatigue']).toBeCloseTo(0.7, 6)
  expect(features(1, 3 * minute)['quick fatigue']).toBeCloseTo(0.8 + 0.25, 6)
})

test('a reward beyond 0 and 1 tires no more than 1, and nothing tires where nothing was watched', () => {
  const { shown, features } = memory()
  shown(0, 7, minute)
  shown(2, -7, 2 * minute)
  expect(features(1, 3 * minute)['fatigue']).toBeCloseTo(0.9, 6)
  expect(features(2, 3 * minute)['fatigue']).toBe(0)
})

test('time away rests, each speed at its own rate; a pause within a session does not', () => {
  const { shown, features } = memory()
  shown(0, 1, 0)
  expect(features(1, 19 * minute)['fatigue']).toBe(1)
  const rested = features(1, 0.25 * day)
  expect(rested['fatigue']).toBeCloseTo(Math.exp(-1), 6)
  expect(rested['quick fatigue']).toBeCloseTo(Math.exp(-2.5), 6)
  expect(rested['slow fatigue']).toBeCloseTo(0.5 * Math.exp(-0.25), 6)
  shown(2, 1, 0.25 * day)
  expect(features(1, 0.25 * day + minute)['fatigue']).toBeCloseTo(0.9 * Math.exp(-1), 6)
})

test('a list that was made before the user went away is seen as of the return', () => {
  const { kept, shown, features } = memory()
  shown(0, 1, 0)
  expect(kept.moment(0, { time: day, decided: 0 })).toBe(day)
  expect(kept.moment(0, { time: day + minute, decided: day })).toBe(day)
  shown(2, 1, day, 0)
  expect(features(1, day + minute)['fatigue']).toBeCloseTo(0.9 * Math.exp(-4), 6)
})

test('interest turns to what is watched more than usual', () => {
  const { shown, features } = memory()
  for (let k = 0; k < 20; k++) shown(k % 2 === 0 ? 0 : 2, k % 2 === 0 ? 0.9 : 0.1, k * minute)
  expect(features(1, 20 * minute)['interest']).toBeGreaterThan(0.2)
  expect(features(2, 20 * minute)['interest']).toBeLessThan(-0.2)
})

test('popularity is what a line on the bias does not say, newness fades within weeks and is 0 where nobody knows', () => {
  const { features } = memory()
  expect(features(1, 14 * day)['popularity']).toBeGreaterThan(1)
  expect(features(0, 14 * day)['popularity']).toBeLessThan(0)
  expect([0, 1, 3].map(item => features(item, 14 * day)['newness'])).toEqual([Math.exp(-2), 0, Math.exp(-1)])
})

test('scores are weights times features', () => {
  const { kept, shown, features } = memory()
  shown(0, 0.8, day)
  const weights = [1, -0.3, -2, 0.5, 1, 0.7, 0.4]
  kept.look(0, day + minute)
  const scores = [...kept.scores(weights).subarray(0, 4)]
  for (const [item, score] of scores.entries()) {
    const own = Object.values(features(item, day + minute))
    expect(score).toBeCloseTo(
      own.reduce((sum, each, k) => sum + weights[k]! * each, 0),
      5,
    )
  }
})

test('somebody is tired of a theme since exposure to it came to one whole item, until time away brings it below', () => {
  const { kept, shown } = memory()
  const weights = [1, 0, -0.5, -0.2, 0, 0, 0]
  const tired = (time: number) => {
    kept.look(0, time)
    return kept.tired(weights)
  }
  expect(tired(0)).toEqual([])
  shown(0, 0.6, minute)
  expect(tired(2 * minute)).toEqual([])
  shown(1, 0.8, 3 * minute)
  shown(0, 0.9, 5 * minute)
  const [drama, ...others] = tired(6 * minute)
  expect(others).toEqual([])
  expect(drama).toMatchObject({ theme: 0, since: 3 * minute })
  const [usual, quick] = [(0.6 * 0.9 + 0.8) * 0.9 + 0.9, (0.6 * 0.8 + 0.8) * 0.8 + 0.9]
  expect(drama!.adds).toBeCloseTo(-0.5 * usual - 0.2 * quick, 6)
  expect(tired(2 * day)).toEqual([])
  shown(1, 1, 2 * day)
  expect(tired(2 * day + minute)[0]).toMatchObject({ theme: 0, since: 2 * day })
})

test('what somebody is tired of most comes first, and a slot that passes to another begins anew', () => {
  const { kept, shown } = memory()
  shown(0, 1, minute)
  for (let k = 2; k < 6; k++) shown(2, 1, k * minute)
  shown(0, 1, 6 * minute)
  kept.look(0, 7 * minute)
  expect(kept.tired([1, 0, -0.5, 0, 0, 0, 0]).map(({ theme }) => theme)).toEqual([1, 0])
  kept.reset(0)
  kept.look(0, 8 * minute)
  expect(kept.tired([1, 0, -0.5, 0, 0, 0, 0])).toEqual([])
})
