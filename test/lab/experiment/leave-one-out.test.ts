import { expect, test } from 'vitest'
import { fitThenRank, rankHeldOut } from '../../../src/lab/experiment/leave-one-out.ts'
import { holdOut } from '../../../src/lab/experiment/ranking/held-out.ts'
import { popularItems } from '../../../src/lab/experiment/ranking/popular.ts'
import type { RankingPolicy } from '../../../src/lab/experiment/ranking/ranking-policy.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { contextOf, ratingsOf, walkers } from './ranking-world.ts'

const events = [
  [0, 0],
  [1, 2],
  [0, 1],
  [1, 0],
  [0, 2],
  [2, 1],
] as const

test.each([
  { drop: 1, heard: ['0 has 0', '1 has 2', 'hold 1', '0 has 1', 'hold 0', 'settle'], target: [2, 0, 1] },
  { drop: 2, heard: ['0 has 0', 'hold 0', 'settle'], target: [1, 2, -1] },
])('holds out event $drop from the end of each user and lets policies learn what was before', expected => {
  const heard: string[] = []
  const witness: RankingPolicy = {
    name: 'witness',
    score() {},
    learn: (user, item) => void heard.push(`${user} has ${item}`),
    hold: user => void heard.push(`hold ${user}`),
    settle: () => void heard.push('settle'),
  }
  const { target } = holdOut(ratingsOf(events), expected.drop, [witness])
  expect(heard).toEqual(expected.heard)
  expect([...target]).toEqual(expected.target)
})

test('ranks the item held out among all that the user has not had', () => {
  const heldOut = holdOut(ratingsOf(events), 1, [])
  const candidates = new Int32Array(3)
  expect(heldOut.candidates(1, candidates)).toEqual({ count: 2, target: 0 })
  expect([...candidates.subarray(0, 2)]).toEqual([0, 1])
})

test('popularity of late is that of the time when the user was last seen', async () => {
  // Item 1 is popular at first, item 2 in the end; user 0 left early.
  const early = Array.from({ length: 30 }, (_, k) => [k + 1, 1] as const)
  const late = Array.from({ length: 300 }, (_, k) => [k + 31, 2] as const)
  const own = [[0, 0], ...early, [0, 0], ...late, [0, 3]] as const
  const ratings = ratingsOf([...own, ...late.map(([user]) => [user, 3] as const)])
  const policies = popularItems(ratings)
  holdOut(ratings, 1, policies)
  const scores = new Float64Array(3)
  policies[1]!.score(0, Int32Array.of(1, 2, 3), 3, scores)
  expect(scores[0]).toBeGreaterThanOrEqual(scores[1]!)
  policies[1]!.score(40, Int32Array.of(1, 2, 3), 3, scores)
  expect(scores[1]).toBeGreaterThanOrEqual(scores[0]!)
})

test('weights fitted on earlier events find the last step of a walk, which popularity does not', async () => {
  const ratings = walkers(60, 80, 25)
  const popularity = await rankHeldOut(popularItems(ratings), contextOf(ratings))
  const ranker = await fitThenRank(contextOf(ratings))
  expect(ranker.metrics['hr10']).toBeGreaterThan(0.9)
  expect(ranker.metrics['ndcg10']).toBeGreaterThan(2 * popularity.metrics['ndcg10']!)
  expect(ranker.perUser!.events.every(count => count === 1)).toBe(true)
})

test('sequence networks are one of the scores there, with which lists are others, and the same every time', async () => {
  const random = seededRandom(1, 'steps')
  const ratings = ratingsOf(Array.from({ length: 500 }, (_, n) => [n % 40, (n + random.integer(12)) % 60] as const))
  const [without, ranker, again] = [
    await fitThenRank(contextOf(ratings)),
    await fitThenRank(contextOf(ratings), { networks: 1 }),
    await fitThenRank(contextOf(ratings), { networks: 1 }),
  ]
  expect(again.perUser).toEqual(ranker.perUser)
  expect(ranker.perUser).not.toEqual(without.perUser)
})
