import { closeSync, fdatasyncSync, fsyncSync, openSync, readdirSync, renameSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { RecstreamError } from '../../errors.ts'
import { failpoint } from '../../failpoint.ts'
import { checkFrame, largestFrame, magic, readSections, smallestFrame } from './frame.ts'

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(12, '0')}.log`)
}

/** Numbers of a topic's segments, oldest first. */
export function segmentNumbers(folder: string): number[] {
  const numbers: number[] = []
  for (const name of readdirSync(folder)) if (/^\d{12}\.log$/.test(name)) numbers.push(Number(name.slice(0, 12)))
  return numbers.sort((a, b) => a - b)
}

/** Write a file so that it is there whole or not at all, whenever the machine stops. */
export function writeWhole(folder: string, path: string, parts: Iterable<Buffer>): void {
  // Whoever writes this path holds a lock for it, so a left-over of a dead process is simply written over.
  const temporary = `${path}.new`
  const file = openSync(temporary, 'w')
  try {
    let position = 0
    for (const part of parts) position += writeAll(file, part, position)
    fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
  failpoint('rename.before')
  renameSync(temporary, path)
  failpoint('rename.after')
  syncFolder(folder)
}

export function writeAll(file: number, bytes: Buffer, position: number): number {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, position + done)
  return bytes.length
}

export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** A segment that is open for reading, and every partition's next offset where it starts. */
export interface OpenSegment {
  number: number
  path: string
  file: FileHandle
  bases: Float64Array
  /** Where its first record frame starts. */
  start: number
}

/** Open a segment; null when it is not there (any more). */
export async function openSegment(folder: string, number: number, partitions: number): Promise<OpenSegment | null> {
  const path = segmentPath(folder, number)
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  try {
    const { size } = await file.stat()
    const chunk = await readChunk(file, 0, size, 4096)
    const length = chunk === null ? 0 : checkFrame(chunk, 0, chunk.length)
    if (chunk === null || length === 0) throw corrupt(path, 0)
    const bases = new Float64Array(partitions)
    for (const { partition, base } of readSections(chunk, 0)) bases[partition] = base
    return { number, path, file, bases, start: length }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Whole frames from `from` on, about `bytes` of them but at least one; null when what starts there is no whole frame. */
export async function readChunk(file: FileHandle, from: number, to: number, bytes: number): Promise<Buffer | null> {
  let buffer = await readAt(file, from, Math.min(bytes, to - from))
  if (buffer.length < smallestFrame || buffer.readUInt32LE(0) !== magic) return null
  const first = buffer.readUInt32LE(4)
  if (first < smallestFrame || first > largestFrame || first > to - from) return null
  if (first > buffer.length) buffer = await readAt(file, from, first)
  if (first > buffer.length) return null
  let end = first
  while (end + 8 <= buffer.length) {
    const length = buffer.readUInt32LE(end + 4)
    if (length < smallestFrame || end + length > buffer.length) break
    end += length
  }
  return buffer.subarray(0, end)
}

async function readAt(file: FileHandle, from: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(Math.max(bytes, 0))
  let done = 0
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, from + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

/** Every frame between two places of a segment, as its buffer and place in it; throws LOG_CORRUPT on a damaged one. */
export async function* frames(
  segment: Pick<OpenSegment, 'file' | 'path'>,
  from: number,
  to: number,
): AsyncGenerator<{ buffer: Buffer; at: number; position: number }> {
  for (let position = from; position < to; ) {
    const buffer = await readChunk(segment.file, position, to, 1024 * 1024)
    if (buffer === null) throw corrupt(segment.path, position)
    for (let at = 0; at < buffer.length; ) {
      const length = checkFrame(buffer, at, buffer.length)
      if (length === 0) throw corrupt(segment.path, position + at)
      yield { buffer, at, position: position + at }
      at += length
    }
    position += buffer.length
  }
}

/** A file that does not hold what was written to it; what can be done depends on whose topic it is. */
export class DamagedFile extends RecstreamError {
  readonly path: string
  readonly what: string
  readonly topic: string

  constructor(path: string, what: string, advice = 'restore it from a copy') {
    super('LOG_CORRUPT', `The log file ${path} ${what}; ${advice}.`)
    this.path = path
    this.what = what
    this.topic = basename(dirname(path))
  }
}

export function corrupt(path: string, position: number): RecstreamError {
  return new DamagedFile(path, `is damaged at byte ${position}`)
}

/** Refuse a topic that lacks a segment; `oldest` is the first that was not dropped on purpose. */
export function checkSegments(folder: string, oldest: number): void {
  const numbers = segmentNumbers(folder)
  let expected = Math.min(oldest, numbers[0] ?? oldest)
  for (const number of numbers) {
    if (number !== expected) break
    expected += 1
  }
  if (numbers.length === 0 || expected <= numbers.at(-1)!) throw missing(folder, expected)
}

export function missing(folder: string, number: number): RecstreamError {
  return new DamagedFile(segmentPath(folder, number), 'is missing')
}
