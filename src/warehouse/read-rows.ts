import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import duckdb, { type DataChunk } from '@duckdb/node-bindings'

/** Smaller than a page of memory anywhere. */
const page = 4096

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

type Vectors = { bytes: Buffer; count: number; isNull: (row: number) => boolean }
type Reader = { width: number; read: (vector: Vectors) => Cell[] }

const readers: Readonly<Record<string, Reader>> = {
  DOUBLE: { width: 8, read: vector => each(vector, row => vector.bytes.readDoubleLE(row * 8)) },
  BOOLEAN: { width: 1, read: vector => each(vector, row => vector.bytes[row] === 1) },
  VARCHAR: { width: 16, read: vector => strings(vector, (bytes, from, to) => bytes.toString('utf8', from, to)) },
  BLOB: { width: 16, read: vector => strings(vector, (bytes, from, to) => Buffer.from(bytes.subarray(from, to))) },
}

function readerOf(type: string): Reader {
  const reader = readers[type]
  if (reader === undefined) throw new TypeError(`A column of type ${type} must be cast to be read.`)
  return reader
}

function readColumn(chunk: DataChunk, index: number, count: number, { width, read }: Reader): Cell[] {
  const vector = duckdb.data_chunk_get_vector(chunk, index)
  const data = duckdb.vector_get_data(vector, count * width)
  const valid = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8)
  const isNull = (row: number) => valid !== null && (valid[row >> 3]! & (1 << (row & 7))) === 0
  return read({ bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength), count, isNull })
}

/** What stands at a null is undefined, so it is not read. */
function each({ count, isNull }: Vectors, read: (row: number) => Cell): Cell[] {
  const cells: Cell[] = new Array(count)
  for (let row = 0; row < count; row++) cells[row] = isNull(row) ? null : read(row)
  return cells
}

/**
 * Values of a column of `duckdb_string_t`: the length, then up to 12 bytes in place, else a prefix and a pointer.
 *
 * Reading through a pointer costs about a microsecond, so neighbours in memory are read at once. They may have a gap of
 * less than a page between them: whatever lies in it is on a page of one of the two, so it can be read.
 */
function strings({ bytes, count, isNull }: Vectors, read: (bytes: Buffer, from: number, to: number) => Cell): Cell[] {
  const cells: Cell[] = new Array(count).fill(null)
  const far: number[] = []
  const lengthOf = (row: number) => bytes.readUInt32LE(row * 16)
  const pointerOf = (row: number) => bytes.readUInt32LE(row * 16 + 8) + bytes.readUInt32LE(row * 16 + 12) * 4294967296
  for (let row = 0; row < count; row++) {
    if (isNull(row)) continue
    const length = lengthOf(row)
    if (length <= 12) cells[row] = read(bytes, row * 16 + 4, row * 16 + 4 + length)
    else far.push(row)
  }
  const pointers = new Float64Array(count)
  for (const row of far) pointers[row] = pointerOf(row)
  far.sort((a, b) => pointers[a]! - pointers[b]!)
  for (let first = 0, next = 0; first < far.length; first = next) {
    const start = pointers[far[first]!]!
    let end = start
    for (; next < far.length && pointers[far[next]!]! < end + page; next++) {
      end = Math.max(end, pointers[far[next]!]! + lengthOf(far[next]!))
    }
    const at = bytes.byteOffset + far[first]! * 16 + 8
    const data = duckdb.get_data_from_pointer(bytes.buffer as ArrayBuffer, at, end - start)
    const block = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    for (let k = first; k < next; k++) {
      const from = pointers[far[k]!]! - start
      cells[far[k]!] = read(block, from, from + lengthOf(far[k]!))
    }
  }
  return cells
}
