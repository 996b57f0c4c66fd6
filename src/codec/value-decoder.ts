import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '../log/log.ts'
import { Rejection } from '../records/rejection.ts'
import { type AvroReader, ownReader, resolvingReader } from './avro-reader.ts'
import type { SchemaRegistry } from './registry.ts'
import type { AvroSchema } from './schema.ts'
import { isOfSchema, isSingleObject } from './single-object.ts'

export interface ValueDecoderOptions {
  /** Needed for Confluent framing only; without one such values are refused. */
  registry?: SchemaRegistry
  /** A longer value is refused unread, bytes (default 1 MiB). */
  maxBytes?: number
}

/** Turns an input topic's value into an object whose fields are still to be checked. */
export interface ValueDecoder {
  /** Look up the writers' schemas that these records need; returns at once when they need none. */
  prepare(records: readonly LogRecord[]): Promise<void>
  decode(value: Buffer): object | Rejection
}

const defaultMaxBytes = 1 << 20
const readersKept = 1_000
const parallelRequests = 8
const nothing = Promise.resolve()

const notJson = new Rejection('undecodable', 'The value begins like JSON but is not valid JSON in UTF-8.')
const neither = new Rejection('undecodable', 'The value is neither a JSON object nor Avro.')
const foreign = new Rejection(
  'unknown-schema',
  'The single object was written with a schema other than the one in schemas/.',
)
const noRegistry = new Rejection(
  'unknown-schema',
  'The value is in Confluent framing, and no schema registry is configured.',
)
const unknownId = new Rejection('unknown-schema', 'The schema registry has no Avro schema with the id in the value.')

/** A decoder for JSON, Avro single-object encoding and, with a registry, Confluent framing. */
export function createValueDecoder(schema: AvroSchema, options: ValueDecoderOptions = {}): ValueDecoder {
  const { registry, maxBytes = defaultMaxBytes } = options
  const tooLarge = new Rejection('too-large', `The value is longer than ${maxBytes} bytes.`)
  const own = ownReader(schema)
  const readers = new Map<number, AvroReader | Rejection>()

  async function lookUp(id: number, known: SchemaRegistry): Promise<void> {
    const text = await known.schema(id)
    if (text !== null) readers.set(id, resolvingReader(schema, text))
  }

  async function fetchSchemas(records: readonly LogRecord[], known: SchemaRegistry): Promise<void> {
    const missing = new Set<number>()
    for (const { value } of records) {
      if (value === null || !isConfluent(value) || value.length > maxBytes) continue
      const id = value.readUInt32BE(1)
      if (!readers.has(id)) missing.add(id)
    }
    if (missing.size === 0) return
    // Only between batches, so that no reader is gone before its record comes.
    if (readers.size > readersKept) {
      readers.clear()
      return fetchSchemas(records, known)
    }
    const ids = missing.values()
    const worker = async () => {
      for (const id of ids) await lookUp(id, known)
    }
    await Promise.all(Array.from({ length: Math.min(parallelRequests, missing.size) }, worker))
  }

  function decodeConfluent(value: Buffer): object | Rejection {
    if (registry === undefined) return noRegistry
    const reader = readers.get(value.readUInt32BE(1))
    if (reader === undefined) return unknownId
    return reader instanceof Rejection ? reader : (reader(value, 5) as object | Rejection)
  }

  return {
    prepare: records => (registry === undefined ? nothing : fetchSchemas(records, registry)),
    decode(value) {
      if (value.length > maxBytes) return tooLarge
      const first = value[0]
      if (first === 0x7b) return decodeJson(value, 0)
      if (isSingleObject(value)) return isOfSchema(schema, value) ? (own(value, 10) as object | Rejection) : foreign
      if (isConfluent(value)) return decodeConfluent(value)
      const start = startOfJson(value)
      return value[start] === 0x7b ? decodeJson(value, start) : neither
    },
  }
}

function isConfluent(value: Buffer): boolean {
  return value.length >= 5 && value[0] === 0
}

/** Position of the first byte after a byte order mark and white space. */
function startOfJson(value: Buffer): number {
  let start = value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf ? 3 : 0
  while (value[start] === 0x20 || value[start] === 0x0a || value[start] === 0x0d || value[start] === 0x09) start++
  return start
}

function decodeJson(value: Buffer, start: number): object | Rejection {
  const text = value.toString('utf8', start)
  // Bytes that are not UTF-8 become U+FFFD; two different ids could become one.
  if (text.includes('\ufffd') && !isUtf8(value)) return notJson
  try {
    return JSON.parse(text)
  } catch {
    return notJson
  }
}
