import { isUtf8 } from 'node:buffer'
import type { LogRecord } from '../log/log.ts'
import { Rejection } from '../records/rejection.ts'
import { ownReader, plainReader } from './avro-reader.ts'
import { type Frame, type FramedReader, frameOf } from './framing.ts'
import type { RegisteredSchema, SchemaId, SchemaRegistry } from './registry.ts'
import type { AvroSchema } from './schema.ts'
import { isOfSchema, isSingleObject } from './single-object.ts'

export interface ValueDecoderOptions {
  /** Needed for framed Avro and Protobuf; without one such values are refused. */
  registry?: SchemaRegistry
  /** A longer value is refused unread, bytes (default 1 MiB). */
  maxBytes?: number
  /** Values of any shape, and keys: for a definition's `decode`. Else objects whose fields are still to be checked. */
  foreign?: boolean
}

/** Takes an input topic's values and keys out of their framing. */
export interface ValueDecoder {
  /** Look up the writers' schemas that these records need; returns at once when they need none. */
  prepare(records: readonly LogRecord[]): Promise<void>
  /** Whether a record can be read only with a schema that is not known here (yet). */
  lacks(record: LogRecord): boolean
  /** What a value says; it must have one. */
  decode(record: LogRecord): unknown
  /** What a key says: an object, text, the bytes where they are neither, null without one. Never a rejection. */
  key(record: LogRecord): unknown
}

const defaultMaxBytes = 1 << 20
const readersKept = 1_000
const parallelRequests = 8
const nothing = Promise.resolve()
const braces: readonly (number | undefined)[] = [0x7b]
const bracesAndBrackets: readonly (number | undefined)[] = [0x7b, 0x5b]

const notJson = new Rejection('undecodable', 'The value begins like JSON but is not valid JSON in UTF-8.')
const neither = new Rejection(
  'undecodable',
  'The value is neither a JSON object nor Avro, nor in a framing that is known.',
)
const foreignObject = new Rejection(
  'unknown-schema',
  'The single object was written with a schema other than the one in schemas/.',
)
const noRegistry = new Rejection(
  'unknown-schema',
  'The value is in Confluent framing, and no schema registry is configured; give one with --registry.',
)
const unknownId = new Rejection(
  'unknown-schema',
  'The schema registry has no schema with the id that comes with the value.',
)

const notInOnePiece = new Rejection(
  'unknown-schema',
  'The Avro schema refers to other subjects, and the registry does not give it in one piece (format=resolved); register it whole.',
)

/** A decoder for JSON, Avro single-object encoding and Confluent's framing of JSON, and with a registry of Avro and Protobuf. */
export function createValueDecoder(schema: AvroSchema, options: ValueDecoderOptions = {}): ValueDecoder {
  const { registry, maxBytes = defaultMaxBytes, foreign = false } = options
  const tooLarge = new Rejection('too-large', `The value is longer than ${maxBytes} bytes.`)
  const own = ownReader(schema)
  const jsonStarts = foreign ? bracesAndBrackets : braces
  const framedParts = foreign ? (['value', 'key'] as const) : (['value'] as const)
  const readers = new Map<SchemaId, FramedReader | Rejection>()

  async function lookUp(id: SchemaId, known: SchemaRegistry): Promise<void> {
    const found = await known.schema(id)
    if (found !== null) readers.set(id, await readerOf(found, foreign))
  }

  /** The frame of a record's value or key whose schema is not known here. */
  function unknownFrame({ headers, unreadable, ...record }: LogRecord, of: 'key' | 'value'): Frame | null {
    const bytes = record[of]
    if (bytes === null || bytes.length > maxBytes || unreadable !== undefined) return null
    const frame = frameOf(bytes, headers, of)
    return frame === null || frame instanceof Rejection || readers.has(frame.id) ? null : frame
  }

  async function fetchSchemas(records: readonly LogRecord[], known: SchemaRegistry): Promise<void> {
    const missing = new Set<SchemaId>()
    for (const record of records) {
      for (const part of framedParts) {
        const frame = unknownFrame(record, part)
        if (frame !== null) missing.add(frame.id)
      }
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

  /** What JSON Schema's serializer writes is JSON behind its frame; it is read without the schema. */
  function isFramedJson(value: Buffer, { from }: Frame): boolean {
    return jsonStarts.includes(value[from]) && !(decodeJson(value, from) instanceof Rejection)
  }

  function decodeFramed(value: Buffer, { id, from, indexes }: Frame): unknown {
    if (jsonStarts.includes(value[from])) {
      // What JSON Schema's serializer writes is JSON behind its frame; no other format's bytes are.
      const json = decodeJson(value, from)
      if (!(json instanceof Rejection)) return json
    }
    const reader = readers.get(id)
    if (reader === undefined) return registry === undefined ? noRegistry : unknownId
    return reader instanceof Rejection ? reader : reader(value, from, indexes)
  }

  return {
    prepare: records => (registry === undefined ? nothing : fetchSchemas(records, registry)),
    lacks: record =>
      registry !== undefined &&
      framedParts.some(part => {
        const frame = unknownFrame(record, part)
        return frame !== null && !isFramedJson(record[part]!, frame)
      }),
    decode({ value: given, headers }) {
      const value = given!
      if (value.length > maxBytes) return tooLarge
      const start = startOfJson(value)
      const json = jsonStarts.includes(value[start]) ? decodeJson(value, start) : null
      if (json !== null && !(json instanceof Rejection)) return json
      if (isSingleObject(value)) return isOfSchema(schema, value) ? own(value, 10) : foreignObject
      const frame = frameOf(value, headers, 'value')
      if (frame instanceof Rejection) return frame
      if (frame !== null) return decodeFramed(value, frame)
      return json ?? neither
    },
    key({ key, headers }) {
      if (key === null) return null
      if (key[0] === 0x7b) {
        const json = decodeJson(key, 0)
        if (!(json instanceof Rejection)) return json
      }
      const frame = key.length > maxBytes ? null : frameOf(key, headers, 'key')
      if (frame !== null && !(frame instanceof Rejection)) {
        const framed = decodeFramed(key, frame)
        if (!(framed instanceof Rejection)) return framed
      }
      // A number of Kafka's own serializers has zeros in it, which no text has.
      return isUtf8(key) && !key.includes(0) ? key.toString() : key
    },
  }
}

async function readerOf(schema: RegisteredSchema, foreign: boolean): Promise<FramedReader | Rejection> {
  const { type, text } = schema
  switch (type) {
    case 'AVRO': {
      const reader = plainReader(text, { decimals: foreign ? 'text' : 'number' })
      return reader instanceof Rejection && schema.refers ? notInOnePiece : reader
    }
    case 'JSON':
      return decodeJson
    case 'PROTOBUF':
      // Loaded when the first such schema comes: most pipelines never need it.
      return (await import('./protobuf-reader.ts')).protobufReader(schema)
    default:
      return new Rejection(
        'unknown-schema',
        `The schema registry calls the value's schema ${type.slice(0, 40)}, which is not read here.`,
      )
  }
}

/** Position of the first byte after a byte order mark and white space. */
function startOfJson(value: Buffer): number {
  let start = value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf ? 3 : 0
  while (value[start] === 0x20 || value[start] === 0x0a || value[start] === 0x0d || value[start] === 0x09) start++
  return start
}

function decodeJson(value: Buffer, start: number): unknown {
  const text = value.toString('utf8', start)
  // Bytes that are not UTF-8 become U+FFFD; two different ids could become one.
  if (text.includes('\ufffd') && !isUtf8(value.subarray(start))) return notJson
  try {
    return JSON.parse(text)
  } catch {
    return notJson
  }
}
