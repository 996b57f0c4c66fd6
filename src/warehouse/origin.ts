import type { DuckDBConnection } from '@duckdb/node-api'
import { readRows } from './read-rows.ts'
import { recovery } from './recovery-tables.ts'
import { quote } from './table.ts'

/** Whether the rows came from the topics of these ids. Those that are not known yet are noted. */
export async function isOf(connection: DuckDBConnection, topics: ReadonlyMap<string, string>): Promise<boolean> {
  const known = new Map<string, string>()
  const rows = readRows(connection, `SELECT topic, id FROM ${recovery}.origins`, cells => cells as [string, string])
  for await (const chunk of rows) for (const [topic, id] of chunk) known.set(topic, id)
  if ([...known].some(([topic, id]) => topics.has(topic) && topics.get(topic) !== id)) return false
  const added = [...topics].filter(([topic]) => !known.has(topic))
  if (added.length > 0) {
    const values = added.map(([topic, id]) => `(${quote(topic)}, ${quote(id)})`).join(', ')
    await connection.run(`INSERT INTO ${recovery}.origins VALUES ${values}`)
  }
  return true
}
