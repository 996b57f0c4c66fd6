import { afterAll, beforeAll, expect, test } from 'vitest'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
let snapshot: string
afterAll(() => folder.remove())

const day = 86_400_000
const start = 1_700_000_000_000
const lists: [userId: string, day: number, arm: string][] = [
  ['ann', 0, 'a'],
  ['ann', 1, 'a'],
  ['bob', 0, 'b'],
  ['bob', 4, 'a'], // shares were changed: bob stays a user of b
  ['cid', 8, 'b'],
  ['dan', 1, 'b'],
]
const rewards: [userId: string, day: number, reward: number][] = [
  ['ann', 0, 1], // gave rise to the first list, so it is not what came of it
  ['ann', 0.5, 0.25],
  ['ann', 1.9, 0.5],
  ['ann', 2.1, 1],
  ['bob', 1, 0.75],
  ['cid', 8.5, 1],
  ['eve', 9, 1], // never got a list
]

beforeAll(async () => {
  const warehouse = await folder.open()
  await warehouse.commit({
    ...noRows,
    recommendations: lists.map(([userId, at, arm], k) => ({
      ...{ recommendationId: `l-${k}`, userId, time: start + at * day, sequence: k + 1, partition: 0, offset: k },
      ...{ modelVersion: 0, short: null, policy: `policy-${arm}`, arm },
      items: ['x', 'y'].map(itemId => ({ itemId, score: 0.5, propensity: 1, reason: '' })),
    })),
    events: rewards.map(([userId, at, reward], k) => event(k + 1, { userId, reward, time: start + at * day })),
  })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
})

const ask = async (sql: string) => (await runQuery({ snapshot, sql })).rows

test('a user counts for the arm of the first list, with the reward of the days after it', async () => {
  expect(
    await ask(
      'select user_id, arm, policy, reward, events, complete, moved from arm_users(days := 2) order by user_id',
    ),
  ).toEqual([
    ['ann', 'a', 'policy-a', 0.75, 2, true, false],
    ['bob', 'b', 'policy-b', 0.75, 1, true, true],
    ['cid', 'b', 'policy-b', 1, 1, false, false],
    ['dan', 'b', 'policy-b', 0, 0, true, false], // never came back, which is worth 0
  ])
})

test('a user is complete once the days are over by the newest event, less an hour', async () => {
  const complete = async (days: number) =>
    (await ask(`select user_id from arm_users(days := ${days}) where complete order by 1`)).flat()
  expect(await complete(0.9)).toEqual(['ann', 'bob', 'cid', 'dan'])
  expect(await complete(0.97)).toEqual(['ann', 'bob', 'dan'])
  expect(await complete(9)).toEqual([])
  expect(await ask(`select count(*) from arm_users(days := 9, grace := INTERVAL 0 SECOND) where complete`)).toEqual([
    [2],
  ])
})

test('since a time, only lists from then on make a user', async () => {
  const since = new Date(start + 3 * day).toISOString()
  expect(await ask(`select user_id, arm from arm_users(days := 2, since := TIMESTAMP '${since}') order by 1`)).toEqual([
    ['bob', 'a'],
    ['cid', 'b'],
  ])
})

test('a moment that is text counts by its offset, and in UTC without one', async () => {
  const since = new Date(start + 3 * day + 9 * 3_600_000).toISOString().slice(0, 19)
  const moments = [
    "'2026-01-31T09:00:00+09:00'",
    "'2026-01-31 09:00:00.5+09'",
    "'2026-01-30 19:00:00-0500'",
    "'2026-01-31T00:00:00Z'",
    "'2026-01-31 09:00:00 Asia/Tokyo'",
    "TIMESTAMPTZ '2026-01-31 09:00:00+09:00'",
    "'2026-01-31'",
    "DATE '2026-01-31'",
    "TIMESTAMP_MS '2026-01-31 00:00:00'",
    'NULL',
  ]
  const users = `(select list(user_id order by user_id) from arm_users(since := '${since}+09:00'))`
  const [found] = await ask(`select ${users}, ${moments.map(moment => `utc(${moment})::VARCHAR`).join()}`)
  const midnight = '2026-01-31 00:00:00'
  expect(found).toEqual([['bob', 'cid'], midnight, `${midnight}.5`, ...Array(7).fill(midnight), null])
})

test('arms are reported by their complete users', async () => {
  expect(await ask('from arm_rewards(days := 2)')).toEqual([
    ['a', 'policy-a', 1, 1, 0, 0.75, null],
    ['b', 'policy-b', 3, 2, 1, 0.375, 0.75 ** 2 / 2],
  ])
})
