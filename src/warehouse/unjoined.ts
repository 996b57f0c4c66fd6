import type { DuckDBConnection } from '@duckdb/node-api'
import type { Unjoined } from '../records/warehouse.ts'
import { readRows } from './read-rows.ts'

/** How many of the events in the table found no item, and no profile. */
export const unjoinedQuery = `SELECT count(*)::DOUBLE, count(*) FILTER (NOT item_known)::DOUBLE,
  count(*) FILTER (NOT user_known)::DOUBLE FROM events`

export async function unjoined(connection: DuckDBConnection): Promise<Unjoined> {
  const rows = readRows(
    connection,
    unjoinedQuery,
    ([events, items, profiles]) => ({ events, items, profiles }) as Unjoined,
  )
  for await (const [row] of rows) return row!
  throw new Error(`The query has no row: ${unjoinedQuery}`)
}
