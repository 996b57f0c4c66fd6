import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Recommendation } from '../../src/records/recommendation.ts'
import { listedQuery, listedWords, type Pushed, pushedQuery, pushedWords } from '../../src/warehouse/pushed.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
let snapshot: string
afterAll(() => folder.remove())

const start = 1_700_000_000_000
const day = 86_400_000

/** A list of each of 120 users. */
function list(k: number, items: readonly string[]): Recommendation {
  return {
    ...{ recommendationId: `r${k}`, userId: `u${k}`, time: start + k, sequence: k + 1, partition: 0, offset: k },
    ...{ modelVersion: 0, policy: 'bias', arm: 'champion', short: null },
    items: items.map(itemId => ({ itemId, score: 0.5, propensity: 1, reason: 'popular now' })),
  }
}

beforeAll(async () => {
  const rows: [userId: string, itemId: string, time: number][] = []
  for (let k = 0; k < 60; k++)
    rows.push(['bot', 'pushed', k], [`u${k}`, 'popular', k], ['bot', 'long-ago', -2 * day + k])
  for (let k = 0; k < 20; k++) rows.push([`u${k}`, 'pushed', k], ['bot', 'rare', k], ['bot', 'popular', k])
  const warehouse = await folder.open()
  const events = rows.map(([userId, itemId, time], k) => event(k + 1, { userId, itemId, time: start + time }))
  const lists = Array.from({ length: 120 }, (_, k) => list(k, [k % 5 === 0 ? 'rare' : 'popular', 'pushed', 'long-ago']))
  await warehouse.commit({ ...noRows, events, recommendations: lists })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
})

test('an item is pushed where much came for it in the newest day, most of it from few', async () => {
  const { rows } = await runQuery({ snapshot, sql: pushedQuery })
  expect(rows).toEqual([['pushed', 80, 'bot', 62]])
  const pushed: Pushed = { item: 'pushed', events: 80, user: 'bot', theirs: 62 }
  expect(pushedWords([pushed])).toBe(
    'Few users push items: of the 80 events of "pushed" in the newest day, 62 are those of "bot" and at most two others.',
  )
  expect(pushedWords([])).toBeNull()
})

test('an item in many lists is told where few users had to do with it', async () => {
  const { rows } = await runQuery({ snapshot, sql: listedQuery })
  expect(rows).toEqual([
    ['long-ago', 1, 1],
    ['rare', 0.2, 1],
  ])
  expect(listedWords([{ item: 'rare', share: 0.2, users: 1 }])).toBe(
    '"rare" stands among the first three of 20% of the newest day\'s lists, and 1 user had to do with it.',
  )
  expect(listedWords([])).toBeNull()
})
