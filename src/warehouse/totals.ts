import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows } from './read-rows.ts'
import { newest, oneNumber } from './restore.ts'

/** What came in over all runs: events kept, dead letters of a topic by reason, lists landed. */
export async function totals(connection: DuckDBConnection, topic: string) {
  const rejected: Record<string, number> = {}
  const rows = readRows(
    connection,
    'SELECT reason, count(*)::DOUBLE FROM dead_letters WHERE topic = $1 GROUP BY reason ORDER BY reason',
    ([reason, count]) => [reason, count] as [string, number],
    { values: [topic], types: [] },
  )
  for await (const chunk of rows) for (const [reason, count] of chunk) rejected[reason] = count
  return {
    // Row numbers have no holes but where people were forgotten, and archived rows count too.
    events: (await newest(connection)).sequence,
    rejected,
    recommendations: await oneNumber(
      connection,
      'SELECT count(DISTINCT recommendation_id)::DOUBLE FROM recommendations',
    ),
  }
}
