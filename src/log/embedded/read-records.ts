import type { LogRecord } from '../log.ts'
import { recordBytes, type Section } from './frame.ts'

const noHeaders: Readonly<Record<string, Buffer>> = Object.freeze(Object.create(null))

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
