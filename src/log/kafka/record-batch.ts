import { RecstreamError } from '../../errors.ts'
import type { LogRecord } from '../log.ts'
import { unpack } from './unpack.ts'

/*
 * Kafka's record batch, version 2 (big-endian): 0 base offset i64 | 8 length i32 of what follows | 16 magic i8 |
 * 21 attributes i16 | 23 last offset delta i32 | 27 base timestamp i64 | 35 newest timestamp i64 | 43 producer id i64 |
 * 57 records i32 | 61 records, each with a varint length, varint deltas of timestamp and offset, key, value, headers.
 *
 * Decoded here and not by kafkajs because that takes about 3 µs a record, this 0.4.
 */
const headBytes = 61

export interface BatchHead {
  base: number
  /** Offset after its last one. */
  end: number
  /** Of the whole batch. */
  bytes: number
  control: boolean
  transactional: boolean
  producer: number
}

/** The batch at `at`, or null when it is not all there (a fetch is cut at a byte limit). */
export function readBatchHead(buffer: Buffer, at: number, limit: number, head: BatchHead): boolean {
  if (at + headBytes > limit) return false
  const bytes = 12 + buffer.readInt32BE(at + 8)
  if (at + bytes > limit) return false
  if (buffer[at + 16] !== 2) {
    throw new RecstreamError(
      'LOG_UNAVAILABLE',
      'A topic holds records in a format from before Kafka 0.11; write them anew.',
    )
  }
  const attributes = buffer.readInt16BE(at + 21)
  head.base = readLong(buffer, at)
  head.end = head.base + buffer.readInt32BE(at + 23) + 1
  head.bytes = bytes
  head.transactional = (attributes & 0x10) !== 0
  head.control = (attributes & 0x20) !== 0
  head.producer = readLong(buffer, at + 43)
  return true
}

/** Whether a control batch ends its transaction by aborting it. */
export function isAbort(buffer: Buffer, at: number): boolean {
  const cursor = { at: at + headBytes }
  varint(buffer, cursor)
  cursor.at += 1
  skipVarint(buffer, cursor)
  skipVarint(buffer, cursor)
  const key = varint(buffer, cursor)
  return key >= 4 && buffer.readInt16BE(cursor.at + 2) === 0
}

/** Turns the records of one batch into log records, some at a time. */
export class BatchReader {
  readonly #topic: string
  readonly #partition: number
  readonly #base: number
  readonly #baseTimestamp: number
  readonly #appendTime: boolean
  readonly #buffer: Buffer
  readonly #cursor: { at: number }
  #left: number

  constructor(buffer: Buffer, at: number, bytes: number, topic: string, partition: number) {
    const attributes = buffer.readInt16BE(at + 21)
    this.#topic = topic
    this.#partition = partition
    this.#base = readLong(buffer, at)
    this.#appendTime = (attributes & 0x08) !== 0
    this.#baseTimestamp = readLong(buffer, this.#appendTime ? at + 35 : at + 27)
    this.#left = buffer.readInt32BE(at + 57)
    const codec = attributes & 0x07
    this.#buffer = codec === 0 ? buffer : unpack(codec, buffer.subarray(at + headBytes, at + bytes))
    this.#cursor = { at: codec === 0 ? at + headBytes : 0 }
  }

  get done(): boolean {
    return this.#left === 0
  }

  /** Add up to `limit` records whose offset is at least `from` to `out`. */
  take(from: number, limit: number, out: LogRecord[]): void {
    const buffer = this.#buffer
    const cursor = this.#cursor
    for (let taken = 0; this.#left > 0 && taken < limit; ) {
      this.#left--
      const length = varint(buffer, cursor)
      const next = cursor.at + length
      cursor.at += 1
      const delta = varlong(buffer, cursor)
      const offset = this.#base + varint(buffer, cursor)
      if (offset < from) {
        cursor.at = next
        continue
      }
      const key = bytes(buffer, cursor)
      const value = bytes(buffer, cursor)
      const count = varint(buffer, cursor)
      out.push({
        topic: this.#topic,
        partition: this.#partition,
        offset,
        timestamp: this.#appendTime ? this.#baseTimestamp : this.#baseTimestamp + delta,
        key,
        value,
        headers: count > 0 ? headersOf(buffer, cursor, count) : noHeaders,
      })
      cursor.at = next
      taken++
    }
  }
}

const noHeaders: Readonly<Record<string, Buffer>> = Object.freeze(Object.create(null))
const empty = Buffer.alloc(0)

function headersOf(buffer: Buffer, cursor: { at: number }, count: number): Record<string, Buffer> {
  const headers: Record<string, Buffer> = Object.create(null)
  for (let i = 0; i < count; i++) {
    const length = varint(buffer, cursor)
    const name = buffer.toString('utf8', cursor.at, cursor.at + length)
    cursor.at += length
    headers[name] = bytes(buffer, cursor) ?? empty
  }
  return headers
}

function bytes(buffer: Buffer, cursor: { at: number }): Buffer | null {
  const length = varint(buffer, cursor)
  if (length < 0) return null
  const start = cursor.at
  cursor.at = start + length
  return buffer.subarray(start, cursor.at)
}

function varint(buffer: Buffer, cursor: { at: number }): number {
  let at = cursor.at
  let byte = buffer[at++]!
  let value = byte & 0x7f
  for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
    byte = buffer[at++]!
    value |= (byte & 0x7f) << shift
  }
  cursor.at = at
  return (value >>> 1) ^ -(value & 1)
}

// Deltas of event times can be larger than 32 bits, where bit operations end.
function varlong(buffer: Buffer, cursor: { at: number }): number {
  let at = cursor.at
  let byte = buffer[at++]!
  let value = byte & 0x7f
  for (let factor = 128; byte >= 0x80 && factor < 2 ** 70; factor *= 128) {
    byte = buffer[at++]!
    value += (byte & 0x7f) * factor
  }
  cursor.at = at
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2
}

function skipVarint(buffer: Buffer, cursor: { at: number }): void {
  while (buffer[cursor.at++]! >= 0x80);
}

export function readLong(buffer: Buffer, at: number): number {
  return buffer.readInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4)
}
