import type { DuckDBConnection } from '@duckdb/node-api'
import type { Position } from '../log/log.ts'
import type { ItemRow, NewestRows, RecentIds, UserRow, UserWindow, WindowQuery } from '../records/warehouse.ts'
import { LIST, listValue, VARCHAR } from './duckdb.ts'
import { milliseconds } from './milliseconds.ts'
import { readRecords, type Where } from './read-records.ts'
import { readRows } from './read-rows.ts'
import { recovery } from './recovery-tables.ts'
import * as tables from './tables.ts'

/** Users whose windows are put together at once; bounds memory, and costs one pass over the events each. */
const usersAtOnce = 100_000

/**
 * Window state of users as of a row number, least recently active first.
 *
 * Of a user of `count` records, `late` of them late, only the newest `shortLength + late` can stand in the short window:
 * at least `shortLength` of those are not late, and each record that is not late is newer than all before it. So few
 * rows have to be sorted, and older rows may be archived.
 */
export async function* windows(connection: DuckDBConnection, query: WindowQuery): AsyncGenerator<UserWindow[]> {
  const { upTo, shortLength, botWindowMs, userIds } = query
  const bucketOf = (time: string) => `floor(${milliseconds(time)}::DOUBLE / ${botWindowMs})`
  await connection.run('BEGIN TRANSACTION')
  try {
    let source = 'events'
    if (userIds !== undefined) {
      // One pass over all events; what follows walks over the few that are theirs.
      source = 'theirs'
      const theirs = 'user_id, item_id, time, reward, sequence, count, late'
      await connection.run(
        `CREATE OR REPLACE TEMP TABLE theirs AS SELECT ${theirs} FROM events WHERE user_id IN (SELECT unnest($1))`,
        [listValue(userIds)],
        [LIST(VARCHAR)],
      )
    }
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE restored AS
       SELECT *, ${bucketOf('newest_time')} AS bucket, row_number() OVER (ORDER BY newest_sequence) - 1 AS place FROM (
         SELECT user_id, max(count) AS count, max(time) AS newest_time, max(sequence) AS newest_sequence,
           max(count) - ${shortLength} - count(*) FILTER (late) AS before
         FROM ${source} WHERE sequence <= ${upTo} GROUP BY user_id)`,
    )
    const total = await oneNumber(connection, 'SELECT count(*)::DOUBLE FROM restored')
    for (let from = 0; from < total; from += usersAtOnce) {
      const slice = `(SELECT * FROM restored WHERE place >= ${from} AND place < ${from + usersAtOnce})`
      const users = await usersOf(connection, source, slice, upTo, bucketOf)
      const records = readRows(
        connection,
        `SELECT (s.place - ${from})::DOUBLE, item_id, ${milliseconds('time')}::DOUBLE, reward
         FROM ${source} e JOIN ${slice} s ON e.user_id = s.user_id AND e.count > s.before
         WHERE sequence <= ${upTo} ORDER BY s.place, time, sequence`,
        cells => cells as [place: number, item: string, time: number, reward: number],
      )
      for await (const rows of records) {
        for (const [place, item, time, reward] of rows) addRecord(users[place]!, shortLength, item, time, reward)
      }
      yield users
    }
  } finally {
    // Nothing was written that should stay; and an error of its own must not hide one from above.
    await connection.run('ROLLBACK').catch(() => {})
  }
}

async function usersOf(
  connection: DuckDBConnection,
  source: string,
  slice: string,
  upTo: number,
  bucketOf: (time: string) => string,
): Promise<UserWindow[]> {
  const users: UserWindow[] = []
  const sql = `SELECT s.user_id, any_value(s.count)::DOUBLE, ${milliseconds('any_value(s.newest_time)')}::DOUBLE,
      any_value(s.bucket)::DOUBLE, count(*)::DOUBLE
    FROM ${source} e JOIN ${slice} s ON e.user_id = s.user_id AND ${bucketOf('e.time')} = s.bucket
    WHERE sequence <= ${upTo} GROUP BY s.user_id, s.place ORDER BY s.place`
  const rows = readRows(
    connection,
    sql,
    ([userId, count, lastTime, botBucket, botCount]) =>
      ({ userId, count, lastTime, botBucket, botCount, items: [], times: [], rewards: [] }) as unknown as UserWindow,
  )
  for await (const chunk of rows) users.push(...chunk)
  return users
}

/** Records come oldest first. */
function addRecord(user: UserWindow, shortLength: number, item: string, time: number, reward: number): void {
  user.items.push(item)
  user.times.push(time)
  user.rewards.push(reward)
  if (user.items.length <= shortLength) return
  user.items.shift()
  user.times.shift()
  user.rewards.shift()
}

export async function recentIds(connection: DuckDBConnection): Promise<RecentIds> {
  const generation = await oneNumber(connection, 'SELECT coalesce(max(generation), 0)::DOUBLE FROM events')
  const newestTime = await oneNumber(connection, `SELECT coalesce(max(${milliseconds('time')}), 0)::DOUBLE FROM events`)
  const rows: RecentIds['rows'] = []
  const sql = `WHERE generation >= ${generation - 1} ORDER BY sequence`
  for await (const chunk of readRecords(connection, tables.events, { sql }, recentFields))
    for (const row of chunk) rows.push(row)
  return { generation, newestTime, rows }
}

const recentFields = ['generation', 'eventId', 'userId', 'itemId', 'behaviour', 'time', 'value'] as const

export function users(connection: DuckDBConnection, ids?: readonly string[]): AsyncGenerator<UserRow[]> {
  return present(readRecords(connection, tables.users, latest('user_id', ids)))
}

export function items(connection: DuckDBConnection, ids?: readonly string[]): AsyncGenerator<ItemRow[]> {
  return present(readRecords(connection, tables.items, latest('item_id', ids)))
}

/** Records named by their ids, or all of them in order of time. */
function latest(key: string, ids: readonly string[] | undefined): Where {
  if (ids === undefined) return { sql: `ORDER BY time, ${key}` }
  const parameters = { values: [listValue(ids)], types: [LIST(VARCHAR)] }
  return { sql: `WHERE ${key} IN (SELECT unnest($1))`, parameters }
}

async function* present<Row>(chunks: AsyncIterable<Row[]>): AsyncGenerator<(Row & { deleted: false })[]> {
  for await (const chunk of chunks) yield chunk.map(row => ({ ...row, deleted: false }))
}

export async function positions(connection: DuckDBConnection): Promise<Position[]> {
  const all: Position[] = []
  const sql = 'ORDER BY topic, source_partition'
  for await (const chunk of readRecords(connection, tables.offsets, { sql })) all.push(...chunk)
  return all
}

export async function newest(connection: DuckDBConnection): Promise<NewestRows> {
  const highest = (column: string, table: string) =>
    oneNumber(connection, `SELECT coalesce(max(${column}), 0)::DOUBLE FROM ${table}`)
  return {
    sequence: Math.max(await highest('sequence', 'events'), await highest('sequence', `${recovery}.reached`)),
    deadLetter: await highest('number', 'dead_letters'),
    change: await highest('number', `${recovery}.changes`),
    recommendationSequence: await highest('sequence', 'recommendations'),
    version: await highest('version', 'models'),
  }
}

export async function oneNumber(connection: DuckDBConnection, sql: string): Promise<number> {
  for await (const [row] of readRows(connection, sql, ([value]) => value as number)) return row!
  throw new Error(`The query has no row: ${sql}`)
}
