import { afterAll, beforeAll, expect, test } from 'vitest'
import { spreadUsers, spreadUsersQuery } from '../../src/warehouse/spread-users.ts'
import { runQuery } from '../../src/warehouse/sql/run-query.ts'
import { event, noRows, temporaryFolder } from './fixtures.ts'

const folder = temporaryFolder()
let snapshot: string
afterAll(() => folder.remove())

const now = 1_700_000_000_000
const day = 86_400_000

beforeAll(async () => {
  const rows: [userId: string, partition: number, time: number][] = [
    ['steady', 1, -day],
    ['steady', 1, 0],
    ['moved', 2, -3 * day],
    ['moved', 0, -2 * day],
    ['moved', 0, -day],
    ['o’hara', 3, -2 * day],
    ['o’hara', 1, -2 * day + 5],
    ['o’hara', 3, -day],
    ['long-ago', 0, -8 * day],
    ['long-ago', 1, -day],
    ['gone', 1, -9 * day],
  ]
  const topic = 'shop.behaviour-events'
  const warehouse = await folder.open()
  await warehouse.commit({
    ...noRows,
    events: rows.map(([userId, partition, time], k) =>
      event(k + 1, { userId, partition, offset: k, time: now + time }),
    ),
    positions: [
      { topic, partition: 3, offset: 9 },
      { topic, partition: 4, offset: 0 },
      { topic: 'shop.recommendations', partition: 11, offset: 1 },
    ],
  })
  snapshot = await warehouse.snapshot()
  await warehouse.close()
})

test('users of the newest week on more than one partition, with what each partition has of them', async () => {
  const { rows } = await runQuery({ snapshot, sql: spreadUsersQuery('shop.behaviour-events') })
  expect(spreadUsers(rows)).toEqual({
    spread: 2,
    active: 4,
    partitions: 5,
    until: now - 2 * day + 5,
    sample: [
      {
        key: 'moved',
        places: [
          { partition: 0, records: 2, first: now - 2 * day },
          { partition: 2, records: 1, first: now - 3 * day },
        ],
      },
      {
        key: 'o’hara',
        places: [
          { partition: 1, records: 1, first: now - 2 * day + 5 },
          { partition: 3, records: 2, first: now - 2 * day },
        ],
      },
    ],
  })
})

test('a topic has as many partitions as were read of it, and as events lie on', async () => {
  const { rows } = await runQuery({ snapshot, sql: spreadUsersQuery('shop.of-another-name') })
  expect(spreadUsers(rows)?.partitions).toBe(4)
})

test('nobody on two partitions is nothing to tell', () => {
  expect(spreadUsers([])).toBeNull()
})
