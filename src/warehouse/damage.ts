import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows } from './read-rows.ts'
import { oneNumber } from './restore.ts'
import { quote } from './table.ts'

/** Which part of a warehouse is damaged: its file, or the write-ahead log beside it. */
export type Part = 'file' | 'log'

/** What the machine lacks harms no file. */
const lacking = /out of memory|no space left|permission denied|too many open files|input\/output error/i
const ofLog = /failure while replaying WAL|corrupt WAL file|\bWAL\b.*does not match/i
const ofFile = /corrupt database file|not a valid DuckDB database file|could not read enough bytes/i

/**
 * Which part an error of DuckDB says is damaged; null where it says no such thing.
 *
 *     damagedPart(new Error('IO Error: Corrupt database file: computed checksum 1 does not match …'))   // 'file'
 */
export function damagedPart(error: unknown): Part | null {
  const message = error instanceof Error ? error.message : String(error)
  if (lacking.test(message)) return null
  if (ofLog.test(message)) return 'log'
  return ofFile.test(message) ? 'file' : null
}

/** What an error of DuckDB says of a damaged file, in words for people. */
export function damageWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (/not a valid DuckDB database file/i.test(message)) return 'it is no file of DuckDB'
  if (/could not read enough bytes/i.test(message)) return 'it ends too early'
  if (/checksum/i.test(message)) return 'what it holds does not fit its checksum'
  if (/\bWAL\b.*does not match/i.test(message)) return 'it belongs to another file'
  return message.split('\n', 1)[0]!.trim()
}

/** Read every value of every table: DuckDB compares a block with its checksum when it is read, and not before. */
export async function readAll(connection: DuckDBConnection): Promise<void> {
  const names: string[] = []
  const tables = readRows(
    connection,
    'SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal AND database_name = current_database()',
    ([schema, table]) => `"${schema}"."${table}"`,
  )
  for await (const chunk of tables) names.push(...chunk)
  for (const name of names) await oneNumber(connection, `SELECT count(*)::DOUBLE FROM ${name} AS t WHERE hash(t) = 0`)
}

/** The pipeline that a warehouse's positions are of, where that is another one; null where it is this one's. */
export async function otherPipeline(connection: DuckDBConnection, pipeline: string): Promise<string | null> {
  const sql = `SELECT topic FROM offsets WHERE NOT starts_with(topic, ${quote(`${pipeline}.`)}) ORDER BY topic LIMIT 1`
  for await (const [topic] of readRows(connection, sql, ([value]) => value as string)) {
    return topic!.slice(0, topic!.lastIndexOf('.'))
  }
  return null
}
