import { wholeMillis } from '../records/checks/time.ts'
import type { LogicalSchema } from './canonical-schema.ts'
import { numberIfSafe } from './safe-number.ts'

/** Reads the value that fills the bytes from a position on. */
export type AvroReader = (bytes: Buffer, from: number) => unknown

export interface PlainOptions {
  /** A decimal as a number where it has at most 15 digits, which a number holds exactly; else all of them as text. */
  decimals: 'text' | 'number'
}

type Read = (cursor: Cursor) => unknown

interface Cursor {
  bytes: Buffer
  position: number
}

/**
 * Compile a reader that gives any Avro value as a plain one: records and maps as objects, unions without a tag, enums as
 * text. It may read only bytes that `compileWalk` has passed.
 *
 *     compilePlain({ type: 'long', logicalType: 'timestamp-micros', scale: 0 }, { decimals: 'text' })
 *     // reads milliseconds since 1970
 *
 * timestamp-millis, -micros and -nanos are whole milliseconds; local-timestamp-… is ISO text without a zone, since nobody
 * knows which; decimal and uuid are text. A long beyond 2^53 is a bigint. Bytes are a Buffer.
 */
export function compilePlain(schema: LogicalSchema, options: PlainOptions): AvroReader {
  const root = compile(schema, new Map(), options)
  return (bytes, from) => root({ bytes, position: from })
}

function compile(schema: LogicalSchema, names: Map<string, Read>, options: PlainOptions): Read {
  if (typeof schema === 'string') return Object.hasOwn(primitives, schema) ? primitives[schema]! : names.get(schema)!
  if (Array.isArray(schema)) {
    const branches = schema.map(branch => compile(branch, names, options))
    return cursor => branches[Number(readLong(cursor))]!(cursor)
  }
  switch (schema.type) {
    case 'array':
      return array(compile(schema.items, names, options))
    case 'map':
      return map(compile(schema.values, names, options))
    case 'enum': {
      const { symbols } = schema
      return remember(names, schema.name, cursor => symbols[Number(readLong(cursor))])
    }
    case 'fixed': {
      const { size } = schema
      const raw: Read = cursor => cursor.bytes.subarray(cursor.position, (cursor.position += size))
      return remember(names, schema.name, meant(raw, schema, options))
    }
    case 'record': {
      const fields: [name: string, read: Read][] = []
      const read = remember(names, schema.name, record(fields))
      for (const { name, type } of schema.fields) fields.push([name, compile(type, names, options)])
      return read
    }
    default:
      return meant(primitives[schema.type]!, schema, options)
  }
}

function remember(names: Map<string, Read>, name: string, read: Read): Read {
  names.set(name, read)
  return read
}

function record(fields: readonly [name: string, read: Read][]): Read {
  return cursor => {
    const value: Record<string, unknown> = {}
    for (const [name, read] of fields) value[name] = read(cursor)
    return value
  }
}

function array(item: Read): Read {
  return cursor => {
    const values: unknown[] = []
    eachEntry(cursor, () => values.push(item(cursor)))
    return values
  }
}

function map(value: Read): Read {
  return cursor => {
    const values: Record<string, unknown> = {}
    eachEntry(cursor, () => {
      const name = readText(cursor)
      values[name] = value(cursor)
    })
    return values
  }
}

function eachEntry(cursor: Cursor, read: () => void): void {
  for (;;) {
    let count = Number(readLong(cursor))
    if (count === 0) return
    if (count < 0) {
      count = -count
      readLong(cursor)
    }
    for (; count > 0; count--) read()
  }
}

type Meaning = { logicalType?: string; scale?: number }

/** What a logical type makes of the value below it; one that is not known changes nothing, as Avro asks. */
function meant(read: Read, { logicalType, scale = 0 }: Meaning, options: PlainOptions): Read {
  switch (logicalType) {
    case 'timestamp-micros':
      return cursor => milliseconds(read(cursor), 1_000n)
    case 'timestamp-nanos':
      return cursor => milliseconds(read(cursor), 1_000_000n)
    case 'local-timestamp-millis':
      return cursor => localTime(milliseconds(read(cursor), 1n))
    case 'local-timestamp-micros':
      return cursor => localTime(milliseconds(read(cursor), 1_000n))
    case 'local-timestamp-nanos':
      return cursor => localTime(milliseconds(read(cursor), 1_000_000n))
    case 'decimal':
      return cursor => decimal(read(cursor), scale, options)
    case 'uuid':
      return cursor => uuid(read(cursor))
    default:
      return read
  }
}

function milliseconds(count: unknown, perMillisecond: bigint): unknown {
  return typeof count === 'number' || typeof count === 'bigint' ? wholeMillis(BigInt(count), perMillisecond) : count
}

function localTime(time: unknown): unknown {
  const date = new Date(time as number)
  return Number.isNaN(date.getTime()) ? time : date.toISOString().slice(0, -1)
}

/** More bytes than any decimal of a database has; beyond them writing it out takes too long. */
const longestDecimal = 64
const exactDigits = 15

function decimal(raw: unknown, scale: number, { decimals }: PlainOptions): unknown {
  if (!Buffer.isBuffer(raw) || raw.length === 0 || raw.length > longestDecimal || scale < 0 || scale > 100) return raw
  const unscaled = BigInt.asIntN(raw.length * 8, BigInt(`0x${raw.toString('hex')}`))
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  const text = `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale === 0 ? '' : `.${digits.slice(point)}`}`
  const significant = digits.replace(/^0+/, '').replace(/0+$/, '').length
  return decimals === 'number' && significant <= exactDigits ? Number(text) : text
}

function uuid(raw: unknown): unknown {
  return Buffer.isBuffer(raw) && raw.length === 16 ? uuidText(raw) : raw
}

/** Sixteen bytes as people write a UUID. */
export function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const primitives: Readonly<Record<string, Read>> = {
  null: () => null,
  boolean: cursor => cursor.bytes[cursor.position++] === 1,
  int: readLong,
  long: readLong,
  float: cursor => cursor.bytes.readFloatLE((cursor.position += 4) - 4),
  double: cursor => cursor.bytes.readDoubleLE((cursor.position += 8) - 8),
  bytes: readBytes,
  string: readText,
}

function readBytes(cursor: Cursor): Buffer {
  const length = Number(readLong(cursor))
  return cursor.bytes.subarray(cursor.position, (cursor.position += length))
}

function readText(cursor: Cursor): string {
  const length = Number(readLong(cursor))
  return cursor.bytes.toString('utf8', cursor.position, (cursor.position += length))
}

/** A zig-zag number; beyond 2^53 a bigint, which no id loses a digit by. */
function readLong(cursor: Cursor): number | bigint {
  const { bytes } = cursor
  const start = cursor.position
  let value = 0
  let scale = 1
  for (let count = 0; count < 7; count++) {
    const byte = bytes[cursor.position++]!
    value += (byte & 127) * scale
    if (byte < 128) return value % 2 === 1 ? -(value + 1) / 2 : value / 2
    scale *= 128
  }
  cursor.position = start
  let long = 0n
  for (let shift = 0n; ; shift += 7n) {
    const byte = bytes[cursor.position++]!
    long |= BigInt(byte & 127) << shift
    if (byte < 128) break
  }
  return numberIfSafe(BigInt.asIntN(64, (long >> 1n) ^ -(long & 1n)))
}
