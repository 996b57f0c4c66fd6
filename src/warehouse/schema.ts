import type { DuckDBConnection } from '@duckdb/node-api'
import { RecstreamError } from '../errors.ts'
import { readRows } from './read-rows.ts'
import { derivedStatements, schemaStatements, tables } from './tables.ts'

/** Make the tables, the view and the macros if they are not there; refuse a file with other tables. */
export async function ensureSchema(connection: DuckDBConnection, shortLength: number): Promise<void> {
  const found: string[] = []
  const rows = readRows(
    connection,
    `SELECT table_name || '.' || column_name || ' ' || data_type FROM duckdb_columns()
     WHERE schema_name = 'main' AND table_name <> 'sequences' AND NOT internal
       AND database_name = current_database()`,
    ([column]) => column as string,
  )
  for await (const chunk of rows) found.push(...chunk)
  const wanted = tables.flatMap(table => table.columns.map(column => `${table.name}.${column.name} ${column.type}`))
  const other = found.length > 0 ? wanted.find(column => !found.includes(column)) : undefined
  if (other !== undefined) {
    throw new RecstreamError(
      'WAREHOUSE_MISMATCH',
      `The warehouse was written by another version: it lacks "${other}". Use that version or a new data folder.`,
    )
  }
  const statements = found.length === 0 ? schemaStatements(shortLength) : derivedStatements(shortLength)
  await connection.run(['BEGIN TRANSACTION', ...statements, 'COMMIT'].join(';\n'))
}
