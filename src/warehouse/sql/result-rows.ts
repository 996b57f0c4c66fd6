import type { DuckDBResult } from '@duckdb/node-api'
import { jsonValue } from './json-value.ts'
import type { QueryRequest } from './query.ts'

/** Rows of a result as JSON can hold them, as many as the limits let through. */
export async function readRowsAsJson(
  result: DuckDBResult,
  { maxRows, maxBytes }: Pick<QueryRequest, 'maxRows' | 'maxBytes'>,
): Promise<{ rows: unknown[][]; count: number; truncated: boolean }> {
  const rows: unknown[][] = []
  const json = result.columnTypes().map(type => type.alias === 'JSON')
  let size = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { rows, count: rows.length, truncated: false }
    for (const values of chunk.getRows()) {
      const row = values.map((value, k) =>
        json[k] && typeof value === 'string' ? JSON.parse(value) : jsonValue(value),
      )
      size += Buffer.byteLength(JSON.stringify(row)) + 1
      if (rows.length >= maxRows || size > maxBytes) return { rows, count: rows.length, truncated: true }
      rows.push(row)
    }
  }
}
