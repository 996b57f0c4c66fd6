import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { failpoint } from '../failpoint.ts'
import { writeArchiveFile } from './archive-files.ts'
import { milliseconds } from './milliseconds.ts'
import { readRows } from './read-rows.ts'
import { oneNumber } from './restore.ts'

/** Records of a user that stay at least, so that the short window and the count can be restored. */
const leastPerUser = 64
/** And those this close to the user's newest, so that the bot window can be. */
const leastMs = 24 * 60 * 60_000

export interface Retention {
  /** Events before this time may move, ms since 1970. */
  olderThan: number
  /** The newest row that is published. */
  publishedUpTo: number
  /** Length of the short window that recovery restores, in records. */
  shortLength: number
  /** Length of the bot window that recovery restores, ms. */
  botWindowMs: number
}

/**
 * Move old events to a Parquet file of their own in the archive; how many.
 *
 * What recovery needs stays: rows that are not published, the newest two duplicate generations, and of every user the
 * records that its windows come from. Rows leave the table only after the file is on disk under its name; the name
 * holds the first row number in it, by which `dropUnfinished` knows a file whose rows never left.
 *
 *     -- in any DuckDB:  SELECT * FROM read_parquet('.recstream/shop/archive/*.parquet')
 */
export async function retire(
  connection: DuckDBConnection,
  archive: string,
  { olderThan, publishedUpTo, shortLength, botWindowMs }: Retention,
): Promise<number> {
  const keptPerUser = Math.max(leastPerUser, shortLength)
  const keptMs = Math.max(leastMs, botWindowMs)
  await dropUnfinished(connection, archive)
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE retired AS
     WITH newest AS (SELECT max(generation) AS generation FROM events),
     kept AS (
       SELECT user_id, max(count) - ${keptPerUser} - count(*) FILTER (late) AS before, max(time) AS newest_time
       FROM events WHERE sequence <= ${publishedUpTo} GROUP BY user_id)
     SELECT sequence FROM events e JOIN kept USING (user_id)
     WHERE e.sequence <= ${publishedUpTo} AND ${milliseconds('e.time')} < ${olderThan}
       AND e.generation < (SELECT generation FROM newest) - 1 AND e.count <= kept.before
       AND ${milliseconds('e.time')} < ${milliseconds('kept.newest_time')} - ${keptMs}`,
  )
  try {
    const [range] = await firstRow(connection)
    if (range === undefined) return 0
    const [rows, first, last] = range
    if (rows === 0) return 0
    mkdirSync(archive, { recursive: true })
    const path = join(archive, `events-${padded(first)}-${padded(last)}.parquet`)
    const chosen = 'events WHERE sequence IN (SELECT sequence FROM retired)'
    await writeArchiveFile(connection, path, `SELECT * FROM ${chosen}`)
    await connection.run('BEGIN TRANSACTION')
    await connection.run(`DELETE FROM ${chosen}`)
    failpoint('commit.before')
    await connection.run('COMMIT')
    failpoint('commit.after')
    return rows
  } finally {
    await connection.run('DROP TABLE IF EXISTS retired')
  }
}

/** Remove archive files that a crash left behind: unfinished ones, and those whose rows are still in the table. */
export async function dropUnfinished(connection: DuckDBConnection, archive: string): Promise<void> {
  if (!existsSync(archive)) return
  for (const name of readdirSync(archive)) {
    const first = /^events-(\d+)-\d+\.parquet$/.exec(name)?.[1]
    const stillThere =
      first !== undefined &&
      (await oneNumber(connection, `SELECT count(*)::DOUBLE FROM events WHERE sequence = ${Number(first)}`)) > 0
    if (stillThere || name.endsWith('.partial')) rmSync(join(archive, name), { force: true })
  }
}

async function firstRow(connection: DuckDBConnection): Promise<[rows: number, first: number, last: number][]> {
  const sql = 'SELECT count(*)::DOUBLE, min(sequence)::DOUBLE, max(sequence)::DOUBLE FROM retired'
  for await (const rows of readRows(connection, sql, cells => cells as [number, number, number])) return rows
  return []
}

/** So that names sort as the rows do. */
function padded(sequence: number): string {
  return `${sequence}`.padStart(12, '0')
}
