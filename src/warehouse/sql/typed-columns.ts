import type { DuckDBConnection } from '@duckdb/node-api'
import { quote } from '../table.ts'

/**
 * Columns that people see as DuckDB's own types. The tables hold them as the text that they came as, which ingest writes and
 * a restart reads as it is; a query that names such a column converts it, and no other query does.
 */
const typedColumns: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  events: { properties: 'MAP(VARCHAR, DOUBLE)', user_features: 'VARCHAR[]', item_features: 'VARCHAR[]' },
  users: { features: 'VARCHAR[]', attributes: 'JSON' },
  items: { features: 'VARCHAR[]', attributes: 'JSON' },
  recommendations: { alternatives: 'JSON' },
  commands: { shares: 'MAP(VARCHAR, DOUBLE)' },
  dead_letters: { headers: 'JSON' },
}

/** All rows of a table, its columns as people see them. */
export function typedRows(table: string, database: string): string {
  return `SELECT *${typed(table)} FROM ${database}.main.${table}`
}

/** What stands behind `*` so that columns of a table are as people see them. */
export function typed(table: string): string {
  const columns = Object.entries(typedColumns[table] ?? {})
  const replaced = columns.map(([name, type]) => `${converted(name, type)} AS ${name}`)
  return replaced.length === 0 ? '' : ` REPLACE (${replaced.join(', ')})`
}

/**
 * Let a connection see the tables of its own database so: views of the same names stand before them. What the views say of
 * themselves is left to `showMeanings`.
 */
export async function showTyped(connection: DuckDBConnection): Promise<void> {
  const found = await connection.runAndReadAll(
    "SELECT current_database(), table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = 'main'",
  )
  const views = (found.getRows() as [string, string][])
    .filter(([, table]) => Object.hasOwn(typedColumns, table))
    .map(
      ([database, table]) => `CREATE TEMP VIEW ${table} AS ${typedRows(table, `"${database.replaceAll('"', '""')}"`)}`,
    )
  if (views.length > 0) await connection.run(views.join(';\n'))
}

/**
 * Whether a query may look at what tables and columns say: it names a function or schema of the catalogue, or runs a text
 * that may. The others need not wait the 25 ms until the views say it.
 */
export function asksForMeanings(sql: string): boolean {
  return /duckdb_|information_schema|pg_|query/i.test(sql)
}

/** Let the views say what their tables and columns say. */
export async function showMeanings(connection: DuckDBConnection): Promise<void> {
  const comments = await commentsOf(connection)
  if (comments.length > 0) await connection.run(comments.join(';\n'))
}

async function commentsOf(connection: DuckDBConnection): Promise<string[]> {
  const here = "database_name = current_database() AND schema_name = 'main' AND comment IS NOT NULL"
  const found = await connection.runAndReadAll(`
    SELECT table_name, NULL, comment FROM duckdb_tables() WHERE ${here}
    UNION ALL SELECT table_name, column_name, comment FROM duckdb_columns() WHERE ${here}`)
  return (found.getRows() as [string, string | null, string][])
    .filter(([table]) => Object.hasOwn(typedColumns, table))
    .map(([table, column, comment]) => {
      const what = column === null ? `VIEW ${table}` : `COLUMN ${table}.${column}`
      return `COMMENT ON ${what} IS ${quote(comment)}`
    })
}

/** Statements that convert the columns of a copy for good. */
export function typingStatements(database: string): string[] {
  return Object.entries(typedColumns).flatMap(([table, columns]) =>
    Object.entries(columns).map(
      ([name, type]) =>
        `ALTER TABLE ${database}.main.${table} ALTER COLUMN ${name} TYPE ${type} USING ${converted(name, type)}`,
    ),
  )
}

function converted(name: string, type: string): string {
  return type === 'JSON' ? `${name}::JSON` : `${name}::JSON::${type}`
}
