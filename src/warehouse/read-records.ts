import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { milliseconds } from './milliseconds.ts'
import { type Cell, readRows } from './read-rows.ts'
import type { Column, RecordTable } from './table.ts'

/** Which records of a table to read: what follows `FROM <table>`, and its parameters. */
export interface Where {
  sql: string
  parameters?: { values: DuckDBValue[]; types: DuckDBType[] } | undefined
}

/**
 * Records of a table as they were written, a chunk (at most 2,048) at a time; with `only`, no more than these fields.
 *
 *     readRecords(connection, events, { sql: 'WHERE sequence > 7 ORDER BY sequence' }, ['eventId', 'time'])
 */
export function readRecords<Row, Field extends keyof Row = keyof Row>(
  connection: DuckDBConnection,
  table: RecordTable<Row>,
  { sql, parameters }: Where,
  only: readonly Field[] = table.fields as readonly Field[],
): AsyncGenerator<Pick<Row, Field>[]> {
  const columns = only.map(field => readable(table.columns[table.fields.indexOf(field)]!))
  const toRecord = (cells: Cell[]) => {
    const record = {} as Record<Field, Cell>
    for (let k = 0; k < only.length; k++) record[only[k]!] = cells[k]!
    return record as Pick<Row, Field>
  }
  return readRows(connection, `SELECT ${columns.join(', ')} FROM ${table.name} ${sql}`, toRecord, parameters)
}

/** A column as `readRows` takes it: whole numbers and times as DOUBLE. */
function readable<Row>({ name, type }: Column<Row>): string {
  if (type === 'BIGINT' || type === 'INTEGER') return `${name}::DOUBLE`
  return type === 'TIMESTAMP_MS' ? `${milliseconds(name)}::DOUBLE` : name
}
