import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import movielens from '../../../pipelines/movielens/index.ts'
import { loadRatings } from '../../../src/lab/experiment/load-ratings.ts'
import { nextItem, rankEveryEvent } from '../../../src/lab/experiment/next-item.ts'
import { rankingPolicies } from '../../../src/lab/experiment/ranking/policies.ts'
import { hit10, ndcg10, rankOf, unranked } from '../../../src/lab/experiment/ranking/rank.ts'
import type { RankingPolicy } from '../../../src/lab/experiment/ranking/ranking-policy.ts'
import { contextOf, ratingsOf, walkers } from './ranking-world.ts'

const folder = fileURLToPath(new URL('../../../../shared/data/ml-100k/', import.meta.url))
const here = existsSync(folder)
if (!here)
  console.warn('SKIPPED: MovieLens 100K is not at ../shared/data/ml-100k, so ranking real events is not tested.')

test('an item that is alike with others has each of their places in turn', () => {
  expect(rankOf(Float64Array.of(1, 3, 3, 2), 4, 1)).toEqual({ before: 0, alike: 2 })
  expect(rankOf(Float64Array.of(0, 0, 0, 9), 3, 0)).toEqual({ before: 0, alike: 3 })
  expect(rankOf(Float64Array.of(5, 7), 2, 1)).toEqual({ before: 0, alike: 1 })
  const single = (before: number) => ({ before, alike: 1 })
  expect([0, 2, 9, 10].map(place => ndcg10(single(place)))).toEqual([1, 0.5, 1 / Math.log2(11), 0])
  expect([9, 10].map(place => hit10(single(place)))).toEqual([1, 0])
  expect([ndcg10(unranked), hit10(unranked)]).toEqual([0, 0])
  // Twenty alike: ten of their places are among the first ten.
  const twenty = rankOf(new Float64Array(20), 20, 4)
  expect(hit10(twenty)).toBe(0.5)
  const gains = Array.from({ length: 10 }, (_, place) => 1 / Math.log2(place + 2))
  expect(ndcg10(twenty)).toBeCloseTo(gains.reduce((sum, gain) => sum + gain, 0) / 20, 12)
})

test('what is no number stands last, alike among itself', () => {
  expect(rankOf(Float64Array.of(1, 2, Number.NaN, 3), 4, 2)).toEqual({ before: 3, alike: 1 })
  expect(rankOf(Float64Array.of(1, Number.NaN, Number.NaN, 3), 4, 0)).toEqual({ before: 1, alike: 1 })
})

test('an item is ranked among what somebody had and this user did not, before it is learned', async () => {
  const asked: string[] = []
  const witness: RankingPolicy = {
    name: 'witness',
    score(user, candidates, count, into) {
      asked.push(`${user}: ${candidates.subarray(0, count).join(' ')}`)
      for (let c = 0; c < count; c++) into[c] = candidates[c]!
    },
    picked: (user, count, picked) => void asked.push(`${user} picked ${picked} of ${count}`),
    learn: (user, item) => void asked.push(`${user} has ${item}`),
  }
  const ratings = ratingsOf([
    [0, 0],
    [0, 1],
    [1, 1],
    [1, 1],
    [1, 0],
  ])
  const { metrics, perUser } = await rankEveryEvent([witness], contextOf(ratings))
  // The first two items are new and the fourth event repeats the third.
  const known = ['1: 0 1', '1 picked 1 of 2', '1 has 1', '1 has 1', '1: 0', '1 picked 0 of 1', '1 has 0']
  expect(asked).toEqual(['0 has 0', '0 has 1', ...known])
  expect(metrics['hr10']).toBe(2 / 5)
  expect(perUser).toEqual({ events: [2, 3], sums: { ndcg10: [0, 2], hr10: [0, 2] } })
})

test('whoever looks at the order finds the next step of a walk, whoever counts does not', async () => {
  const ratings = walkers(40, 60, 30)
  const found = new Map<string, number>()
  for (const { make } of rankingPolicies) {
    const policies = make(ratings)
    const { metrics, alongside } = await rankEveryEvent(policies, contextOf(ratings))
    found.set(policies[0]!.name, metrics['ndcg10']!)
    for (const [name, each] of Object.entries(alongside ?? {})) found.set(name, each.metrics['ndcg10']!)
  }
  expect(found.get('sequential transitions')).toBeGreaterThan(2 * found.get('popularity')!)
  expect(found.get('online ranker')).toBeGreaterThan(found.get('sequential transitions')!)
  expect(found.get('online ranker with EASE')).toBeGreaterThan(2 * found.get('popularity')!)
  expect([...found.keys()]).toContain('EASE, half-life 3')
})

test('every policy is a trial of its own', () => {
  const names = nextItem.trials({ definition: movielens, seeds: [1] }).map(trial => trial.name)
  expect(names).toEqual(rankingPolicies.map(({ name }) => name))
})

test.skipIf(!here)('on real ratings the order of events tells more than popularity', async () => {
  const all = await loadRatings(movielens, folder)
  const ratings = { ...all, length: 1_500 }
  const score = async (name: string) => {
    const policies = rankingPolicies.find(each => each.name === name)!.make(ratings)
    return (await rankEveryEvent(policies, contextOf(ratings))).metrics['ndcg10']!
  }
  const popularity = await score('popularity')
  expect(await score('sequential transitions')).toBeGreaterThan(popularity)
  expect(await score('online ranker')).toBeGreaterThan(1.2 * popularity)
})
