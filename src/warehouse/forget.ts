import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { failpoint } from '../failpoint.ts'
import { forgottenMessage } from '../records/dead-letter-message.ts'
import type { PersonRows } from '../records/warehouse.ts'
import { allArchived, archiveFiles, writeArchiveFile } from './archive-files.ts'
import { INTEGER, LIST, listValue, VARCHAR } from './duckdb.ts'
import { readRows } from './read-rows.ts'
import { recovery } from './recovery-tables.ts'
import { oneNumber } from './restore.ts'
import { quote } from './table.ts'

/** Every id of a user that stands anywhere, the archive too. */
export async function* userIds(connection: DuckDBConnection, archive: string): AsyncGenerator<string[]> {
  const archived = archiveFiles(archive).length === 0 ? [] : [`SELECT user_id FROM ${allArchived(archive)}`]
  const sources = [
    ...['events', 'users', 'recommendations'].map(table => `SELECT user_id FROM ${table}`),
    ...['from_user', 'to_user'].map(column => `SELECT ${column} FROM commands WHERE ${column} IS NOT NULL`),
    `SELECT id FROM ${recovery}.changes WHERE kind <> 'item'`,
    ...archived,
  ]
  yield* readRows(connection, sources.join(' UNION '), ([id]) => id as string)
}

/**
 * Delete all that the tables and the archive hold of somebody up to a row; how many rows, by table.
 *
 * Dead letters keep their place: numbers have no holes, and a rebuild follows them. That rows were there is kept.
 */
export async function forgetRows(
  connection: DuckDBConnection,
  archive: string,
  person: PersonRows,
  what: 'delete' | 'count',
): Promise<Record<string, number>> {
  const { userIds: ids, deadLetters, upTo, listsUpTo = upTo } = person
  const removed: Record<string, number> = {}
  const remove = async (name: string, table: string, where: string) => {
    const list = [listValue([...ids])]
    const rows = readRows(connection, `SELECT count(*)::DOUBLE FROM ${table} WHERE ${where}`, ([n]) => n as number, {
      values: list,
      types: [LIST(VARCHAR)],
    })
    for await (const [count] of rows) removed[name] = (removed[name] ?? 0) + count!
    if (what === 'delete') await connection.run(`DELETE FROM ${table} WHERE ${where}`, list, [LIST(VARCHAR)])
  }
  const theirs = (column: string) => `${column} IN (SELECT unnest($1))`
  await connection.run('BEGIN TRANSACTION')
  if (what === 'delete')
    await connection.run(
      `INSERT INTO ${recovery}.reached SELECT max(sequence) FROM events HAVING max(sequence) IS NOT NULL`,
    )
  await remove('events', 'events', `${theirs('user_id')} AND sequence <= ${upTo}`)
  await remove('recommendations', 'recommendations', `${theirs('user_id')} AND sequence <= ${listsUpTo}`)
  const isAgain = `EXISTS (FROM ${recovery}.forgotten WHERE command_id = ${quote(person.commandId)})`
  await remove('users', 'users', `${theirs('user_id')} AND NOT ${isAgain}`)
  if (what === 'delete')
    await connection.run(`INSERT INTO ${recovery}.forgotten SELECT ${quote(person.commandId)} WHERE NOT ${isAgain}`)
  await remove('changes', `${recovery}.changes`, `kind <> 'item' AND ${theirs('id')} AND sequence <= ${upTo}`)
  await remove(
    'commands',
    'commands',
    `(${theirs('from_user')} OR ${theirs('to_user')}) AND source_offset < ${person.commandsBefore}`,
  )
  if (person.everyCommand) await connection.run('DELETE FROM commands')
  if (deadLetters.length > 0 && what === 'delete') {
    await connection.run(
      `UPDATE dead_letters SET key = NULL, value = NULL, headers = NULL, message = ${quote(forgottenMessage)}
       WHERE number IN (SELECT unnest($1))`,
      [listValue([...deadLetters])],
      [LIST(INTEGER)],
    )
  }
  removed['dead_letters'] = deadLetters.length
  failpoint('commit.before')
  await connection.run('COMMIT')
  failpoint('commit.after')
  failpoint('archive.before')
  removed['archived events'] = await forgetArchived(connection, archive, ids, what)
  failpoint('archive.after')
  return removed
}

/** Write every archive file anew that holds somebody; one that held nobody else goes. */
async function forgetArchived(
  connection: DuckDBConnection,
  archive: string,
  ids: readonly string[],
  what: 'delete' | 'count',
): Promise<number> {
  let removed = 0
  const list = ids.map(quote).join(', ')
  if (ids.length === 0) return 0
  for (const name of archiveFiles(archive)) {
    const path = join(archive, name)
    const from = `FROM read_parquet(${quote(path)}) WHERE user_id`
    const theirs = await oneNumber(connection, `SELECT count(*)::DOUBLE ${from} IN (${list})`)
    if (theirs === 0) continue
    removed += theirs
    if (what === 'count') continue
    const others = await oneNumber(connection, `SELECT count(*)::DOUBLE ${from} NOT IN (${list})`)
    if (others === 0) {
      rmSync(path)
      continue
    }
    await writeArchiveFile(connection, path, `SELECT * ${from} NOT IN (${list})`)
  }
  return removed
}

/** A file beside the warehouse's, which takes its place. */
export const freshPath = (file: string): string => `${file}.fresh`

/**
 * Write all that the warehouse holds into a new file: in the old one deleted rows stand on until their blocks are used again.
 *
 * DuckDB does not clear what it frees.
 */
export async function writeFresh(connection: DuckDBConnection, file: string): Promise<void> {
  for (const path of [freshPath(file), `${freshPath(file)}.wal`]) rmSync(path, { force: true })
  await connection.run('CHECKPOINT')
  await connection.run(`ATTACH ${quote(freshPath(file))} AS fresh (STORAGE_VERSION 'v1.5.0')`)
  const [name] = await databaseName(connection)
  await connection.run(`COPY FROM DATABASE ${name} TO fresh`)
  await connection.run('CHECKPOINT fresh')
  await connection.run('DETACH fresh')
}

async function databaseName(connection: DuckDBConnection): Promise<string[]> {
  for await (const rows of readRows(connection, 'SELECT current_database()', ([name]) => `"${name as string}"`))
    return rows
  return []
}
