import { crc32 } from 'node:zlib'

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
export const recordBytes = 24
export const trailerBytes = 4
export const smallestFrame = headBytes + trailerBytes
/** An append above this is refused. */
export const largestFrame = 256 * 1024 * 1024

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

/** Make the first `length` bytes of a buffer a frame: magic number, version, both lengths, checksum. */
export function seal(buffer: Buffer, length: number): Buffer {
  const frame = buffer.subarray(0, length)
  frame.writeUInt32LE(magic, 0)
  frame.writeUInt32LE(length, 4)
  frame.writeUInt16LE(1, 12)
  frame.writeUInt32LE(length, length - trailerBytes)
  frame.writeUInt32LE(crc32(frame.subarray(12, length - trailerBytes)), 8)
  return frame
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

export function writeSection(
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
