import { endianness } from 'node:os'
import type { DuckDBAppender } from '@duckdb/node-api'
import duckdb, { type Vector } from '@duckdb/node-bindings'
import { BIGINT, BLOB, BOOLEAN, DOUBLE, DuckDBDataChunk, INTEGER, TIMESTAMP_MS, VARCHAR } from './duckdb.ts'
import type { Column, Table } from './table.ts'

const types = { BIGINT, INTEGER, TIMESTAMP_MS, DOUBLE, BOOLEAN, VARCHAR, BLOB }
const capacity = duckdb.vector_size()
/** Characters or bytes of one column of one chunk; more rows wait for the next chunk. */
const columnLimit = 8 * 1024 * 1024

/**
 * Writes rows to a table in chunks of columns, several times faster than an appender's call per value (1.2 against
 * 5.3 µs for an event of 19 columns).
 *
 * Numbers are laid out as DuckDB keeps them and copied at once. The strings of a column are handed over as one, and each
 * row's `duckdb_string_t` (its layout is part of DuckDB's C interface: length, then up to 12 bytes in place, else a
 * prefix and a pointer) points into it. The chunk is reused, so its memory is bounded; rows must not hold more than a
 * few MiB each.
 */
export class ChunkWriter<Row> {
  readonly #columns: readonly Column<Row>[]
  readonly #chunk: DuckDBDataChunk

  constructor(table: Table<Row>) {
    if (endianness() !== 'LE') throw new Error('The warehouse writer is made for little-endian machines.')
    this.#columns = table.columns
    this.#chunk = DuckDBDataChunk.create(table.columns.map(column => types[column.type]))
  }

  /** Append the rows; they are in the appender when this returns. */
  append(appender: DuckDBAppender, rows: readonly Row[]): void {
    for (let from = 0; from < rows.length; ) {
      let count = Math.min(capacity, rows.length - from)
      while (count > 1 && this.#tooLarge(rows, from, count)) count = count >> 1
      this.#fill(rows, from, count)
      appender.appendDataChunk(this.#chunk)
      from += count
    }
    duckdb.data_chunk_reset(this.#chunk.chunk)
  }

  #tooLarge(rows: readonly Row[], from: number, count: number): boolean {
    for (const column of this.#columns) {
      if (column.type !== 'VARCHAR' && column.type !== 'BLOB') continue
      let size = 0
      for (let k = from; k < from + count; k++) size += column.of(rows[k]!)?.length ?? 0
      if (size > columnLimit) return true
    }
    return false
  }

  #fill(rows: readonly Row[], from: number, count: number): void {
    const { chunk } = this.#chunk
    duckdb.data_chunk_reset(chunk)
    duckdb.data_chunk_set_size(chunk, count)
    for (let index = 0; index < this.#columns.length; index++) {
      const column = this.#columns[index]!
      const vector = duckdb.data_chunk_get_vector(chunk, index)
      if (column.type === 'VARCHAR') writeText(vector, rows, from, count, column.of)
      else if (column.type === 'DOUBLE') writeDoubles(vector, rows, from, count, column.of)
      else if (column.type === 'BOOLEAN') writeBooleans(vector, rows, from, count, column.of)
      else if (column.type === 'INTEGER') writeIntegers(vector, rows, from, count, column.of)
      else if (column.type === 'BLOB') writeBlobs(vector, rows, from, count, column.of)
      else writeLongs(vector, rows, from, count, column.of)
    }
  }
}

// Scratch for one column of one chunk; writing is synchronous, so all writers share it.
const words = new Int32Array(capacity * 4)
const bytes = new Uint8Array(words.buffer)
const doubles = new Float64Array(words.buffer)
const validity = new Uint32Array(capacity / 32)
const texts: string[] = []
let utf8 = Buffer.allocUnsafeSlow(256 * 1024)

function writeLongs<Row>(
  vector: Vector,
  rows: readonly Row[],
  from: number,
  count: number,
  of: (row: Row) => number | null,
) {
  let nulls = false
  for (let k = 0; k < count; k++) {
    const value = of(rows[from + k]!)
    if (value === null) {
      nulls = markNull(k, nulls)
      continue
    }
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no whole number that can be stored.`)
    const high = Math.floor(value / 4294967296)
    words[2 * k] = (value - high * 4294967296) | 0
    words[2 * k + 1] = high
  }
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, count * 8)
  if (nulls) writeValidity(vector, count)
}

function writeIntegers<Row>(
  vector: Vector,
  rows: readonly Row[],
  from: number,
  count: number,
  of: (row: Row) => number,
) {
  for (let k = 0; k < count; k++) {
    const value = of(rows[from + k]!)
    if ((value | 0) !== value) throw new TypeError(`${value} is no whole number of 32 bits.`)
    words[k] = value
  }
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, count * 4)
}

function writeBooleans<Row>(
  vector: Vector,
  rows: readonly Row[],
  from: number,
  count: number,
  of: (row: Row) => boolean,
) {
  for (let k = 0; k < count; k++) bytes[k] = of(rows[from + k]!) ? 1 : 0
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, count)
}

function writeDoubles<Row>(
  vector: Vector,
  rows: readonly Row[],
  from: number,
  count: number,
  of: (row: Row) => number | null,
) {
  let nulls = false
  for (let k = 0; k < count; k++) {
    const value = of(rows[from + k]!)
    if (value === null) nulls = markNull(k, nulls)
    else doubles[k] = value
  }
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, count * 8)
  if (nulls) writeValidity(vector, count)
}

function writeText<Row>(
  vector: Vector,
  rows: readonly Row[],
  from: number,
  count: number,
  of: (row: Row) => string | null,
) {
  let nulls = false
  texts.length = count
  for (let k = 0; k < count; k++) {
    const value = of(rows[from + k]!)
    if (value === null) nulls = markNull(k, nulls)
    texts[k] = value ?? ''
  }
  const all = texts.join('')
  if (utf8.length < all.length * 3) utf8 = Buffer.allocUnsafeSlow(all.length * 3)
  let size = utf8.write(all, 'utf8')
  // ASCII, nearly always: then lengths in characters are lengths in bytes. Else each string is encoded by itself, also
  // because half a surrogate pair at one's end must not join with the other half at the next one's start.
  const ascii = size === all.length
  if (!ascii) {
    size = 0
    for (let k = 0; k < count; k++) size += utf8.write(texts[k]!, size, 'utf8')
  }
  let low = 0
  let high = 0
  if (size > 12) {
    duckdb.vector_assign_string_element_len(vector, 0, utf8.subarray(0, size))
    const struct = duckdb.vector_get_data(vector, 16)
    const view = new DataView(struct.buffer, struct.byteOffset, 16)
    low = view.getUint32(8, true)
    high = view.getUint32(12, true)
  }
  for (let k = 0, at = 0; k < count; k++) {
    const text = texts[k]!
    const length = ascii ? text.length : Buffer.byteLength(text)
    const word = k * 4
    const start = word * 4 + 4
    words[word] = length
    if (length <= 12) {
      words[word + 1] = words[word + 2] = words[word + 3] = 0
      for (let b = 0; b < length; b++) bytes[start + b] = utf8[at + b]!
    } else {
      for (let b = 0; b < 4; b++) bytes[start + b] = utf8[at + b]!
      const pointer = low + at
      const carry = pointer >= 4294967296 ? 1 : 0
      words[word + 2] = (pointer - carry * 4294967296) | 0
      words[word + 3] = (high + carry) | 0
    }
    at += length
  }
  duckdb.copy_data_to_vector(vector, 0, words.buffer, 0, count * 16)
  if (nulls) writeValidity(vector, count)
  if (utf8.length > 4 * columnLimit) utf8 = Buffer.allocUnsafeSlow(256 * 1024)
}

function writeBlobs<Row>(
  vector: Vector,
  rows: readonly Row[],
  from: number,
  count: number,
  of: (row: Row) => Uint8Array | null,
) {
  let nulls = false
  for (let k = 0; k < count; k++) {
    const value = of(rows[from + k]!)
    if (value === null) nulls = markNull(k, nulls)
    else duckdb.vector_assign_string_element_len(vector, k, value)
  }
  if (nulls) writeValidity(vector, count)
}

function markNull(row: number, before: boolean): true {
  if (!before) validity.fill(0xffffffff)
  validity[row >> 5]! &= ~(1 << (row & 31))
  return true
}

function writeValidity(vector: Vector, count: number): void {
  duckdb.vector_ensure_validity_writable(vector)
  duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer, 0, Math.ceil(count / 64) * 8)
}
