import { RecstreamError } from '../../errors.ts'
import type { LogRecord } from '../log.ts'
import { crc32c } from './produce/crc32c.ts'
import { unpack } from './unpack.ts'

/*
 * Kafka's record batch, version 2 (big-endian): 0 base offset i64 | 8 length i32 of what follows | 16 magic i8 |
 * 21 attributes i16 | 23 last offset delta i32 | 27 base timestamp i64 | 35 newest timestamp i64 | 43 producer id i64 |
 * 57 records i32 | 61 records, each with a varint length, varint deltas of timestamp and offset, key, value, headers.
 *
 * Decoded here and not by kafkajs because that takes about 3 µs a record, this 0.4.
 */
export const headBytes = 61

export interface BatchHead {
  base: number
  /** Offset after its last one. */
  end: number
  /** Of the whole batch. */
  bytes: number
  control: boolean
  transactional: boolean
  producer: number
  /** Kafka's number for how its records are packed; 0 is not at all. */
  codec: number
}

export const emptyHead = (): BatchHead => ({
  ...{ base: 0, end: 0, bytes: 0, control: false, transactional: false, producer: 0, codec: 0 },
})

/** Read the head of the batch at `at`; false when it is not all there (a fetch is cut at a byte limit). */
export function readBatchHead(
  buffer: Buffer,
  at: number,
  limit: number,
  head: BatchHead,
  { topic, partition }: Pick<BatchPlace, 'topic' | 'partition'>,
): boolean {
  if (at + headBytes > limit) return false
  const bytes = 12 + buffer.readInt32BE(at + 8)
  // Of what has no length nobody knows where the next one begins.
  if (bytes < headBytes) {
    throw new RecstreamError(
      'LOG_CORRUPT',
      `${topic}/${partition} is damaged: its batch at offset ${readLong(buffer, at)} says that it is ${bytes} bytes long, less than a batch without records. Restore the topic, or remove what is damaged with \`kafka-delete-records\`.`,
    )
  }
  if (at + bytes > limit) return false
  if (buffer[at + 16] !== 2) {
    throw new RecstreamError(
      'LOG_CORRUPT',
      'A topic holds records in a format from before Kafka 0.11; write them to it anew.',
    )
  }
  const attributes = buffer.readInt16BE(at + 21)
  head.base = readLong(buffer, at)
  head.end = head.base + buffer.readInt32BE(at + 23) + 1
  head.bytes = bytes
  head.transactional = (attributes & 0x10) !== 0
  head.control = (attributes & 0x20) !== 0
  head.producer = readLong(buffer, at + 43)
  head.codec = attributes & 0x07
  return true
}

/** Whether the bytes of a batch are those that its checksum was made of. */
export function isIntact(buffer: Buffer, at: number, { bytes }: BatchHead): boolean {
  return crc32c(buffer, at + 21, at + bytes) === buffer.readUInt32BE(at + 17)
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

/** What a batch is read with besides its bytes. */
export interface BatchPlace {
  topic: string
  partition: number
  /** What it may unpack to, bytes. */
  limit: number
}

/**
 * Turns the records of one batch into log records, some at a time.
 *
 * From the first record on that cannot be read, all that is left is one record that says so: wherever a reader begins, and
 * however its reads are cut, it gives the same.
 */
export class BatchReader {
  readonly #place: BatchPlace
  readonly #batch: Buffer
  readonly #base: number
  readonly #end: number
  readonly #baseTimestamp: number
  readonly #appendTime: boolean
  readonly #buffer: Buffer
  readonly #stop: number
  readonly #cursor: { at: number }
  #left: number
  #last: number
  /** Why the rest cannot be read. */
  #fault: string | null
  /** Its head may be wrong too. */
  readonly #damaged: boolean

  /** `damage` is what is known to be wrong with it beforehand. */
  constructor(buffer: Buffer, at: number, head: BatchHead, place: BatchPlace, damage: string | null = null) {
    this.#place = place
    this.#batch = buffer.subarray(at, at + head.bytes)
    this.#base = head.base
    this.#end = head.end
    this.#last = head.base - 1
    this.#appendTime = (buffer.readInt16BE(at + 21) & 0x08) !== 0
    this.#baseTimestamp = readLong(buffer, this.#appendTime ? at + 35 : at + 27)
    this.#left = Math.max(0, buffer.readInt32BE(at + 57))
    this.#fault = damage
    this.#damaged = damage !== null
    this.#buffer = buffer
    this.#cursor = { at: at + headBytes }
    this.#stop = at + head.bytes
    if (head.codec === 0 || damage !== null) return
    try {
      this.#buffer = unpack(head.codec, this.#batch.subarray(headBytes), place.limit)
      this.#cursor.at = 0
      this.#stop = this.#buffer.length
    } catch (error) {
      if (!(error instanceof RecstreamError)) throw error
      this.#fault = error.message
    }
  }

  get done(): boolean {
    return this.#left === 0 && this.#fault === null
  }

  /** Add up to `limit` records whose offset is at least `from` to `out`. */
  take(from: number, limit: number, out: LogRecord[]): void {
    const buffer = this.#buffer
    const cursor = this.#cursor
    const { topic, partition } = this.#place
    let taken = 0
    while (this.#fault === null && this.#left > 0 && taken < limit) {
      const length = varint(buffer, cursor)
      const next = cursor.at + length
      cursor.at += 1
      const delta = varlong(buffer, cursor)
      const offset = this.#base + varint(buffer, cursor)
      if (!(length > 0 && next <= this.#stop && offset > this.#last && offset < this.#end)) {
        this.#fault = senseless
        break
      }
      if (offset < from) {
        this.#left--
        this.#last = offset
        cursor.at = next
        continue
      }
      const key = bytes(buffer, cursor)
      const value = bytes(buffer, cursor)
      const count = varint(buffer, cursor)
      // A header is two bytes at least.
      if (cursor.at + 2 * count > next) {
        this.#fault = senseless
        break
      }
      const headers = count > 0 ? headersOf(buffer, cursor, count) : noHeaders
      if (cursor.at > next) {
        this.#fault = senseless
        break
      }
      const timestamp = this.#appendTime ? this.#baseTimestamp : this.#baseTimestamp + delta
      out.push({ topic, partition, offset, timestamp, key, value, headers })
      this.#left--
      this.#last = offset
      cursor.at = next
      taken++
    }
    if (this.#fault !== null && taken < limit) out.push(this.#rest(this.#fault))
  }

  /** All that cannot be read, as one record at its last offset: who goes on after it goes on after the batch. */
  #rest(fault: string): LogRecord {
    const { topic, partition } = this.#place
    const [first, last] = [this.#last + 1, this.#end - 1]
    const records = this.#left === 1 ? '1 record' : `${this.#left} records`
    const unreadable = `${records} at the offsets ${first} to ${last} cannot be read: ${fault}.`
    const timestamp = this.#damaged ? 0 : readLong(this.#batch, 35)
    this.#left = 0
    this.#fault = null
    return { topic, partition, offset: last, timestamp, key: null, value: this.#batch, headers: noHeaders, unreadable }
  }
}

const senseless = 'what stands there is no record'
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
