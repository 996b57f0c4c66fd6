import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Pushed, pushedQuery, pushedWords } from '../../src/warehouse/pushed.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
let snapshot: string
afterAll(() => folder.remove())

const start = 1_700_000_000_000
const day = 86_400_000

beforeAll(async () => {
  const rows: [userId: string, itemId: string, time: number][] = []
  for (let k = 0; k < 60; k++)
    rows.push(['bot', 'pushed', k], [`u${k}`, 'popular', k], ['bot', 'long-ago', -2 * day + k])
  for (let k = 0; k < 20; k++) rows.push([`u${k}`, 'pushed', k], ['bot', 'rare', k], ['bot', 'popular', k])
  const warehouse = await folder.open()
  const events = rows.map(([userId, itemId, time], k) => event(k + 1, { userId, itemId, time: start + time }))
  await warehouse.commit({ ...noRows, events })
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
