import type { DuckDBConnection } from '@duckdb/node-api'
import { headersOfText } from '../records/header-text.ts'
import type { DeadLetter, EnrichedEvent } from '../records/warehouse.ts'
import { readRecords } from './read-records.ts'
import { deadLetters, events } from './tables.ts'

/** Kept events after a row number, in order. */
export function eventsAfter(connection: DuckDBConnection, after: number, limit: number): Promise<EnrichedEvent[]> {
  const sql = `WHERE sequence > ${after} ORDER BY sequence LIMIT ${limit}`
  return all(readRecords(connection, events, { sql }))
}

/** Dead letters after a row number, in order. */
export async function deadLettersAfter(
  connection: DuckDBConnection,
  after: number,
  limit: number,
): Promise<DeadLetter[]> {
  const sql = `WHERE number > ${after} ORDER BY number LIMIT ${limit}`
  const letters = await all(readRecords(connection, deadLetters, { sql }))
  // The column holds them as text.
  return letters.map(letter => ({ ...letter, headers: headersOfText(letter.headers as unknown as string | null) }))
}

async function all<Row>(chunks: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = []
  for await (const chunk of chunks) rows.push(...chunk)
  return rows
}
