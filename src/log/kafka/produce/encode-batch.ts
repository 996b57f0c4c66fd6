import type { OutgoingRecord } from '../../log.ts'
import { headBytes } from '../record-batch.ts'
import { crc32c } from './crc32c.ts'
import { writeLong } from './wire.ts'

/** A record's varints at their longest: its length, times, offset, key, value and count of headers. */
const overheadOfRecord = 40
const overheadOfHeader = 10
const transactional = 0x10

/** Who writes a batch, and which of the writer's records of that partition is its first. */
export interface BatchWriter {
  producerId: number
  epoch: number
  sequence: number
}

/** A header that every record gets besides its own. */
export type CommonHeader = readonly [name: string, value: string] | null

/** At most as many bytes as this does a record take up in a batch. */
export function sizeAtMost({ key, value, headers }: OutgoingRecord, common: CommonHeader): number {
  let size = overheadOfRecord + (value?.length ?? 0) + bytesAtMost(key)
  if (headers !== undefined)
    for (const name in headers) size += overheadOfHeader + 3 * name.length + bytesAtMost(headers[name]!)
  return common === null ? size : size + overheadOfHeader + 3 * (common[0].length + common[1].length)
}

function bytesAtMost(text: Buffer | string | null): number {
  return text === null ? 0 : typeof text === 'string' ? 3 * text.length : text.length
}

/**
 * Some records as one transactional batch, version 2; its layout is told in record-batch.ts.
 *
 * `chosen` are the places of its records in `records`, `sizes` what each takes up at most. Written straight into one
 * buffer because objects and encoders in between cost more than all the rest of an append.
 */
export function encodeBatch(
  records: readonly OutgoingRecord[],
  chosen: Int32Array,
  sizes: Int32Array,
  common: CommonHeader,
  { producerId, epoch, sequence }: BatchWriter,
): Buffer {
  let room = headBytes
  for (const index of chosen) room += sizes[index]!
  const out = Buffer.allocUnsafe(room)
  const base = records[chosen[0]!]!.timestamp
  let newest = base
  let at = headBytes
  for (let delta = 0; delta < chosen.length; delta++) {
    const index = chosen[delta]!
    const record = records[index]!
    if (record.timestamp > newest) newest = record.timestamp
    // The length stands before the record and is known after it: its place is kept, and closed where it was too wide.
    const reserved = varintBytes(sizes[index]!)
    const body = at + reserved
    const end = writeRecord(out, body, record, record.timestamp - base, delta, common)
    const width = varintBytes(end - body)
    if (width < reserved) out.copyWithin(at + width, body, end)
    writeVarint(out, at, end - body)
    at += width + end - body
  }
  writeLong(out, 0, 0)
  out.writeInt32BE(at - 12, 8)
  out.writeInt32BE(-1, 12)
  out[16] = 2
  out.writeInt16BE(transactional, 21)
  out.writeInt32BE(chosen.length - 1, 23)
  writeLong(out, base, 27)
  writeLong(out, newest, 35)
  writeLong(out, producerId, 43)
  out.writeInt16BE(epoch, 51)
  out.writeInt32BE(sequence, 53)
  out.writeInt32BE(chosen.length, 57)
  out.writeUInt32BE(crc32c(out, 21, at), 17)
  return out.subarray(0, at)
}

function writeRecord(
  out: Buffer,
  start: number,
  { key, value, headers }: OutgoingRecord,
  time: number,
  offset: number,
  common: CommonHeader,
): number {
  let at = start
  out[at++] = 0
  at = writeVarint(out, at, time)
  at = writeVarint(out, at, offset)
  at = writeBytes(out, at, key)
  at = writeBytes(out, at, value)
  let count = common === null ? 0 : 1
  if (headers !== undefined) for (const _ in headers) count++
  at = writeVarint(out, at, count)
  if (headers !== undefined) {
    for (const name in headers) {
      at = writeBytes(out, at, name)
      at = writeBytes(out, at, headers[name]!)
    }
  }
  if (common === null) return at
  at = writeBytes(out, at, common[0])
  return writeBytes(out, at, common[1])
}

/** Bytes after their length. */
function writeBytes(out: Buffer, start: number, bytes: Buffer | string | null): number {
  if (bytes === null) return writeVarint(out, start, -1)
  if (typeof bytes === 'string') return writeText(out, start, bytes)
  const at = writeVarint(out, start, bytes.length)
  out.set(bytes, at)
  return at + bytes.length
}

// Keys and headers are nearly always short and ASCII, and then a call into native code costs more than this.
function writeText(out: Buffer, start: number, text: string): number {
  if (text.length <= 64) {
    let at = writeVarint(out, start, text.length)
    let seen = 0
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      seen |= unit
      out[at++] = unit
    }
    if (seen < 0x80) return at
  }
  const length = Buffer.byteLength(text)
  const at = writeVarint(out, start, length)
  return at + out.write(text, at, length)
}

/** A zigzag varint; times can be further apart than 32 bits, where bit operations end. */
function writeVarint(out: Buffer, start: number, value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let at = start
  for (; rest >= 2 ** 31; rest = Math.floor(rest / 128)) out[at++] = (rest % 128) | 0x80
  for (; rest >= 0x80; rest >>>= 7) out[at++] = (rest & 0x7f) | 0x80
  out[at++] = rest
  return at
}

function varintBytes(length: number): number {
  let bytes = 1
  for (let rest = length * 2; rest >= 0x80; rest = Math.floor(rest / 128)) bytes++
  return bytes
}
