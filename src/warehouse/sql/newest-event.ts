import type { DuckDBConnection } from '@duckdb/node-api'
import { milliseconds } from '../milliseconds.ts'
import type { AsOf } from './query.ts'

/** How far the tables of a schema go; null where there are no events, or no such table. */
export async function newestEvent(connection: DuckDBConnection, schema = 'main'): Promise<AsOf | null> {
  try {
    const sql = `SELECT max(sequence)::DOUBLE, ${milliseconds('max(time)')}::DOUBLE FROM ${schema}.events`
    const [sequence, time] = (await connection.runAndReadAll(sql)).getRows()[0] as [number | null, number | null]
    return sequence === null || time === null ? null : { sequence, time }
  } catch {
    return null
  }
}
