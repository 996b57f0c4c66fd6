import { RecstreamError } from '../../errors.ts'
import type { OutgoingRecord } from '../log.ts'
import {
  headBytes,
  largestFrame,
  recordBytes,
  type Section,
  seal,
  sectionBytes,
  smallestFrame,
  trailerBytes,
  writeSection,
} from './frame.ts'

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

/** A record as it stands in a frame, so far from its section's base. */
export function recordOf(delta: number, record: OutgoingRecord): Buffer {
  const { key, value, headers } = record
  const keyBound = key === null ? 0 : typeof key === 'string' ? key.length * 3 : key.length
  const bound = recordBytes + keyBound + (value?.length ?? 0) + (headers === undefined ? 0 : headersBound(headers))
  const buffer = Buffer.alloc(bound)
  return buffer.subarray(0, writeRecord(buffer, 0, delta, record))
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
