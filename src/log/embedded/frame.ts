import { crc32 } from 'node:zlib'
import { RecstreamError } from '../../errors.ts'
import type { LogRecord, OutgoingRecord } from '../log.ts'

/*
 * One append is one frame, all of it or nothing (little-endian):
 *
 *   0  magic u32 | 4 length u32, all of the frame | 8 crc32 of [12, length - 4)
 *  12  version u8, 0 u8, sections u16 | 16 records u32 | 20 newest timestamp f64
 *  28  per section: partition u32, records u32, base offset f64, bytes u32, span u32 (offsets that it covers)
 *   …  per record: offset - base u32, timestamp f64, key length i32, value length i32, headers length u32, key, value, headers
 *   …  length u32 again, so that a segment can be walked from its end
 *
 * A segment starts with a frame without records whose sections give every partition's next offset at that place.
 */
export const magic = 0x31465352
export const headBytes = 28
export const sectionBytes = 24
const recordBytes = 24
const trailerBytes = 4
export const smallestFrame = headBytes + trailerBytes
/** An append above this is refused. */
export const largestFrame = 256 * 1024 * 1024

const noHeaders: Readonly<Record<string, Buffer>> = Object.freeze(Object.create(null))

export interface Section {
  partition: number
  count: number
  base: number
  /** Offsets that it covers: the next one after it is `base + span`. */
  span: number
  /** Where its records start and end, from the start of the buffer. */
  start: number
  stop: number
}

/** Length of the whole frame at `at` if it lies within `limit` and its checksum holds, else 0. */
export function checkFrame(buffer: Buffer, at: number, limit: number): number {
  if (at + smallestFrame > limit || buffer.readUInt32LE(at) !== magic) return 0
  const length = buffer.readUInt32LE(at + 4)
  if (length < smallestFrame || at + length > limit) return 0
  if (buffer.readUInt32LE(at + length - trailerBytes) !== length) return 0
  return crc32(buffer.subarray(at + 12, at + length - trailerBytes)) === buffer.readUInt32LE(at + 8) ? length : 0
}

export function frameTimestamp(buffer: Buffer, at: number): number {
  return buffer.readDoubleLE(at + 20)
}

export function readSections(buffer: Buffer, at: number): Section[] {
  const count = buffer.readUInt16LE(at + 14)
  const sections: Section[] = []
  let start = at + headBytes + count * sectionBytes
  for (let i = 0, entry = at + headBytes; i < count; i++, entry += sectionBytes) {
    const stop = start + buffer.readUInt32LE(entry + 16)
    sections.push({
      partition: buffer.readUInt32LE(entry),
      count: buffer.readUInt32LE(entry + 4),
      base: buffer.readDoubleLE(entry + 8),
      span: buffer.readUInt32LE(entry + 20),
      start,
      stop,
    })
    start = stop
  }
  return sections
}

/**
 * Turn a section's bytes into records from offset `from` on, at most `limit` of them, into `out`; `start` moves on.
 *
 * Keys, values and headers are views of `buffer`, which therefore must not be written to again.
 */
export function readRecords(
  buffer: Buffer,
  view: DataView,
  section: Section,
  topic: string,
  from: number,
  limit: number,
  out: LogRecord[],
): void {
  const { partition, base, stop } = section
  let at = section.start
  for (let taken = 0; at < stop && taken < limit; ) {
    const offset = base + view.getUint32(at, true)
    const timestamp = view.getFloat64(at + 4, true)
    const keyLength = view.getInt32(at + 12, true)
    const valueLength = view.getInt32(at + 16, true)
    const headersLength = view.getUint32(at + 20, true)
    const keyAt = at + recordBytes
    const valueAt = keyLength > 0 ? keyAt + keyLength : keyAt
    const headersAt = valueLength > 0 ? valueAt + valueLength : valueAt
    at = headersAt + headersLength
    if (offset < from) continue
    taken++
    out.push({
      topic,
      partition,
      offset,
      timestamp,
      key: keyLength < 0 ? null : buffer.subarray(keyAt, valueAt),
      value: valueLength < 0 ? null : buffer.subarray(valueAt, headersAt),
      headers: headersLength === 0 ? noHeaders : readHeaders(buffer, headersAt),
    })
  }
  section.start = at
}

function readHeaders(buffer: Buffer, start: number): Record<string, Buffer> {
  const headers: Record<string, Buffer> = Object.create(null)
  let at = start + 4
  for (let left = buffer.readUInt32LE(start); left > 0; left--) {
    const nameAt = at + 8
    const valueAt = nameAt + buffer.readUInt32LE(at)
    const end = valueAt + buffer.readUInt32LE(at + 4)
    headers[buffer.toString('utf8', nameAt, valueAt)] = buffer.subarray(valueAt, end)
    at = end
  }
  return headers
}

/** Offset of a record within its section and its key, without making a record of it; for compaction. */
export function* rawRecords(
  buffer: Buffer,
  section: Section,
): Generator<{ offset: number; key: Buffer | null; start: number; stop: number }> {
  for (let at = section.start; at < section.stop; ) {
    const keyLength = buffer.readInt32LE(at + 12)
    const valueAt = at + recordBytes + Math.max(keyLength, 0)
    const stop = valueAt + Math.max(buffer.readInt32LE(at + 16), 0) + buffer.readUInt32LE(at + 20)
    const key = keyLength < 0 ? null : buffer.subarray(at + recordBytes, valueAt)
    yield { offset: section.base + buffer.readUInt32LE(at), key, start: at, stop }
    at = stop
  }
}

/** The frame that opens a segment. */
export function encodeBases(ends: Float64Array): Buffer {
  const frame = Buffer.alloc(headBytes + ends.length * sectionBytes + trailerBytes)
  frame.writeUInt16LE(ends.length, 14)
  ends.forEach((end, partition) => {
    frame.writeUInt32LE(partition, headBytes + partition * sectionBytes)
    frame.writeDoubleLE(end, headBytes + partition * sectionBytes + 8)
  })
  return seal(frame, frame.length)
}

/** A frame of the given parts of other frames' sections; offsets stay as they are. */
export function encodeKept(timestamp: number, kept: readonly { section: Section; parts: readonly Buffer[] }[]): Buffer {
  const body = kept.reduce((sum, { parts }) => sum + parts.reduce((bytes, part) => bytes + part.length, 0), 0)
  const frame = Buffer.alloc(headBytes + kept.length * sectionBytes + body + trailerBytes)
  frame.writeUInt16LE(kept.length, 14)
  frame.writeUInt32LE(
    kept.reduce((sum, { parts }) => sum + parts.length, 0),
    16,
  )
  frame.writeDoubleLE(timestamp, 20)
  let at = headBytes + kept.length * sectionBytes
  kept.forEach(({ section, parts }, i) => {
    const start = at
    for (const part of parts) at += part.copy(frame, at)
    writeSection(
      frame,
      headBytes + i * sectionBytes,
      section.partition,
      parts.length,
      section.base,
      at - start,
      section.span,
    )
  })
  return seal(frame, frame.length)
}

/** Writes records into frames, reusing one buffer: a frame is valid until the next call. */
export class FrameWriter {
  #buffer = Buffer.allocUnsafeSlow(64 * 1024)

  /** Encode the records, given each one's partition and each partition's next offset (which is not changed). */
  encode(
    records: readonly OutgoingRecord[],
    partitions: Int32Array,
    ends: Float64Array,
  ): { frame: Buffer; sections: Section[] } {
    const counts = new Map<number, number>()
    let largest = smallestFrame
    for (let i = 0; i < records.length; i++) {
      const { key, value, headers } = records[i]!
      counts.set(partitions[i]!, (counts.get(partitions[i]!) ?? 0) + 1)
      largest +=
        recordBytes + (key === null ? 0 : typeof key === 'string' ? key.length * 3 : key.length) + (value?.length ?? 0)
      if (headers !== undefined) largest += headersBound(headers)
    }
    largest += counts.size * sectionBytes
    const buffer = this.#room(largest)
    const sections: Section[] = []
    let at = headBytes + counts.size * sectionBytes
    let newest = Number.NEGATIVE_INFINITY
    const order = byPartition(partitions, counts)
    let next = 0
    for (const [partition, count] of counts) {
      const start = at
      for (let delta = 0; delta < count; delta++) {
        const record = records[order[next++]!]!
        if (record.timestamp > newest) newest = record.timestamp
        at = writeRecord(buffer, at, delta, record)
      }
      const base = ends[partition]!
      writeSection(buffer, headBytes + sections.length * sectionBytes, partition, count, base, at - start, count)
      sections.push({ partition, count, base, span: count, start, stop: at })
    }
    buffer.writeUInt16LE(sections.length, 14)
    buffer.writeUInt32LE(records.length, 16)
    buffer.writeDoubleLE(newest, 20)
    return { frame: seal(buffer, at + trailerBytes), sections }
  }

  #room(bytes: number): Buffer {
    if (bytes > largestFrame) {
      throw new RecstreamError(
        'RECORD_TOO_LARGE',
        `One append of ${bytes} bytes is too large; cut it into appends of at most ${largestFrame}.`,
      )
    }
    if (bytes <= this.#buffer.length) return this.#buffer
    const grown = Buffer.allocUnsafeSlow(Math.ceil(bytes * 1.25))
    // A rare huge append must not hold its memory for ever.
    if (grown.length <= 32 * 1024 * 1024) this.#buffer = grown
    return grown
  }
}

/** Record numbers, partition after partition, each in the order given. */
function byPartition(partitions: Int32Array, counts: ReadonlyMap<number, number>): Int32Array {
  const places = new Map<number, number>()
  let total = 0
  for (const [partition, count] of counts) {
    places.set(partition, total)
    total += count
  }
  const order = new Int32Array(partitions.length)
  for (let i = 0; i < partitions.length; i++) {
    const place = places.get(partitions[i]!)!
    order[place] = i
    places.set(partitions[i]!, place + 1)
  }
  return order
}

function headersBound(headers: Readonly<Record<string, Buffer | string>>): number {
  let bytes = 4
  for (const name in headers) bytes += 8 + name.length * 3 + headers[name]!.length * 3
  return bytes
}

function writeRecord(buffer: Buffer, at: number, delta: number, record: OutgoingRecord): number {
  const { key, value, headers } = record
  const keyAt = at + recordBytes
  const keyLength = key === null ? -1 : typeof key === 'string' ? buffer.write(key, keyAt) : key.copy(buffer, keyAt)
  const valueAt = keyAt + Math.max(keyLength, 0)
  const valueLength = value === null ? -1 : value.copy(buffer, valueAt)
  const headersAt = valueAt + Math.max(valueLength, 0)
  const end = headers === undefined ? headersAt : writeHeaders(buffer, headersAt, headers)
  buffer.writeUInt32LE(delta, at)
  buffer.writeDoubleLE(record.timestamp, at + 4)
  buffer.writeInt32LE(keyLength, at + 12)
  buffer.writeInt32LE(valueLength, at + 16)
  buffer.writeUInt32LE(end - headersAt, at + 20)
  return end
}

function writeHeaders(buffer: Buffer, start: number, headers: Readonly<Record<string, Buffer | string>>): number {
  let at = start + 4
  let count = 0
  for (const name in headers) {
    const value = headers[name]!
    const nameLength = buffer.write(name, at + 8)
    const valueAt = at + 8 + nameLength
    const valueLength = typeof value === 'string' ? buffer.write(value, valueAt) : value.copy(buffer, valueAt)
    buffer.writeUInt32LE(nameLength, at)
    buffer.writeUInt32LE(valueLength, at + 4)
    at = valueAt + valueLength
    count++
  }
  if (count === 0) return start
  buffer.writeUInt32LE(count, start)
  return at
}

function writeSection(
  frame: Buffer,
  at: number,
  partition: number,
  count: number,
  base: number,
  bytes: number,
  span: number,
): void {
  frame.writeUInt32LE(partition, at)
  frame.writeUInt32LE(count, at + 4)
  frame.writeDoubleLE(base, at + 8)
  frame.writeUInt32LE(bytes, at + 16)
  frame.writeUInt32LE(span, at + 20)
}

function seal(buffer: Buffer, length: number): Buffer {
  const frame = buffer.subarray(0, length)
  frame.writeUInt32LE(magic, 0)
  frame.writeUInt32LE(length, 4)
  frame.writeUInt16LE(1, 12)
  frame.writeUInt32LE(length, length - trailerBytes)
  frame.writeUInt32LE(crc32(frame.subarray(12, length - trailerBytes)), 8)
  return frame
}
