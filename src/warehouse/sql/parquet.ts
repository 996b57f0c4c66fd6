import type { DuckDBResult } from '@duckdb/node-api'
import { DuckDBInstance, DuckDBTypeId } from '../duckdb.ts'
import { quote } from '../table.ts'
import { distinctNames } from './column-names.ts'
import type { QueryRequest } from './query.ts'

/**
 * Write a result's rows to a Parquet file, with the types that they have.
 *
 * A database of its own writes it, since that of the query can reach no file: rows go over as DuckDB holds them.
 */
export async function writeParquet(
  result: DuckDBResult,
  { maxRows, memoryMb }: QueryRequest,
  file: string,
): Promise<{ count: number; truncated: boolean }> {
  const instance = await DuckDBInstance.create(':memory:', { memory_limit: `${memoryMb}MB`, threads: '1' })
  const connection = await instance.connect()
  try {
    const names = distinctNames(result.columnNames())
    const columns = names.map((name, k) => `"${name.replaceAll('"', '""')}" ${typeOf(result, k)}`)
    await connection.run(`CREATE TABLE result (${columns.join(', ')})`)
    const appender = await connection.createAppender('result')
    let count = 0
    for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; ) {
      appender.appendDataChunk(chunk)
      count += chunk.rowCount
      if (count > maxRows) break
      chunk = await result.fetchChunk()
    }
    appender.closeSync()
    await connection.run(`COPY (FROM result LIMIT ${maxRows}) TO ${quote(file)} (FORMAT parquet, COMPRESSION zstd)`)
    return { count: Math.min(count, maxRows), truncated: count > maxRows }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** A column of NULL alone has no type that Parquet knows. */
function typeOf(result: DuckDBResult, k: number): string {
  return result.columnTypeId(k) === DuckDBTypeId.SQLNULL ? 'INTEGER' : `${result.columnType(k)}`
}
