/** A table as data: its DDL, its comments and its writer all come from here. */
export interface Table<Row> {
  name: string
  comment: string
  columns: readonly Column<Row>[]
}

export type Column<Row> = { name: string; comment: string } & (
  | { type: 'BIGINT'; of: (row: Row) => number | null }
  | { type: 'INTEGER'; of: (row: Row) => number }
  | { type: 'TIMESTAMP_MS'; of: (row: Row) => number }
  | { type: 'DOUBLE'; of: (row: Row) => number | null }
  | { type: 'BOOLEAN'; of: (row: Row) => boolean }
  | { type: 'VARCHAR'; of: (row: Row) => string | null }
  | { type: 'BLOB'; of: (row: Row) => Uint8Array | null }
)

/**
 * Statements that create a table and say what it and its columns mean.
 *
 *     createStatements(users)   // ['CREATE TABLE users (…)', 'COMMENT ON TABLE users IS …', …]
 */
export function createStatements<Row>(table: Table<Row>): string[] {
  const columns = table.columns.map(column => `${column.name} ${column.type}`)
  return [
    `CREATE TABLE ${table.name} (${columns.join(', ')})`,
    `COMMENT ON TABLE ${table.name} IS ${quote(table.comment)}`,
    ...table.columns.map(column => `COMMENT ON COLUMN ${table.name}.${column.name} IS ${quote(column.comment)}`),
  ]
}

/** A string as an SQL literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
