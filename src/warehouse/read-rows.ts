import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import duckdb, { type DataChunk } from '@duckdb/node-bindings'

/** A value as it is read: DOUBLE as number, BOOLEAN as boolean, VARCHAR as string, BLOB as Buffer. */
export type Cell = number | boolean | string | Buffer | null

/**
 * Rows of a query, a chunk (at most 2,048) at a time. Only DOUBLE, BOOLEAN, VARCHAR and BLOB columns: cast the others
 * (a DOUBLE holds every offset, sequence and time of ours exactly).
 *
 *     for await (const rows of readRows(connection, 'SELECT topic FROM offsets', ([topic]) => topic as string)) …
 */
export async function* readRows<Row>(
  connection: DuckDBConnection,
  sql: string,
  toRow: (cells: Cell[]) => Row,
  parameters?: { values: DuckDBValue[]; types: DuckDBType[] },
): AsyncGenerator<Row[]> {
  const result = await connection.stream(sql, parameters?.values, parameters?.types)
  const readers = result.columnTypes().map(type => readerOf(`${type}`))
  const next = async () => {
    const chunk = await result.fetchChunk()
    return chunk !== null && chunk.rowCount > 0 ? chunk : null
  }
  let chunk = await next()
  try {
    for (; chunk !== null; chunk = await next()) {
      const { chunk: data, rowCount } = chunk
      const columns = readers.map((reader, index) => readColumn(data, index, rowCount, reader))
      const rows: Row[] = new Array(rowCount)
      for (let k = 0; k < rowCount; k++) rows[k] = toRow(columns.map(column => column[k]!))
      yield rows
    }
  } finally {
    // A result that is not read to its end holds the database, and so the file's lock, until it is collected.
    while (chunk !== null) chunk = await next()
  }
}

type Reader = { width: number; read: (bytes: Buffer, at: number) => Cell }

const readers: Readonly<Record<string, Reader>> = {
  DOUBLE: { width: 8, read: (bytes, at) => bytes.readDoubleLE(at) },
  BOOLEAN: { width: 1, read: (bytes, at) => bytes[at] === 1 },
  VARCHAR: {
    width: 16,
    read: (bytes, at) => {
      const length = bytes.readUInt32LE(at)
      if (length <= 12) return bytes.toString('utf8', at + 4, at + 4 + length)
      return far(bytes, at, length).toString('utf8')
    },
  },
  BLOB: {
    width: 16,
    read: (bytes, at) => {
      const length = bytes.readUInt32LE(at)
      return Buffer.from(length <= 12 ? bytes.subarray(at + 4, at + 4 + length) : far(bytes, at, length))
    },
  },
}

function readerOf(type: string): Reader {
  const reader = readers[type]
  if (reader === undefined) throw new TypeError(`A column of type ${type} must be cast to be read.`)
  return reader
}

function readColumn(chunk: DataChunk, index: number, count: number, { width, read }: Reader): Cell[] {
  const vector = duckdb.data_chunk_get_vector(chunk, index)
  const data = duckdb.vector_get_data(vector, count * width)
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  // What stands at a null is undefined, so it must not be read.
  const valid = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8)
  const cells: Cell[] = new Array(count)
  for (let k = 0; k < count; k++) {
    cells[k] = valid !== null && (valid[k >> 3]! & (1 << (k & 7))) === 0 ? null : read(bytes, k * width)
  }
  return cells
}

/** Bytes that a `duckdb_string_t` of more than 12 points to. */
function far(bytes: Buffer, at: number, length: number): Buffer {
  const data = duckdb.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + at + 8, length)
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
