import { closeSync, existsSync, fdatasync, ftruncateSync, openSync, statSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { RecstreamError } from '../../errors.ts'
import { failpoint } from '../../failpoint.ts'
import type { OutgoingRecord } from '../log.ts'
import { checkTopicName, unknownTopic } from '../names.ts'
import { partitionOf } from '../partitioner.ts'
import { type Claim, claim } from './claim.ts'
import { checkFrame, encodeBases, readSections } from './frame.ts'
import { FrameWriter } from './frame-writer.ts'
import { type Mark, MarkFile } from './mark.ts'
import {
  checkSegments,
  corrupt,
  missing,
  openSegment,
  readChunk,
  segmentNumbers,
  segmentPath,
  writeAll,
  writeWhole,
} from './segment.ts'
import { readSettings } from './settings.ts'

const sync = promisify(fdatasync)
/** How long an append waits for another process's append, ms. */
const lockWaitMs = 30_000

/** One topic's files as one process sees them; appends and recovery happen under the topic's lock between processes. */
export class Topic {
  readonly name: string
  readonly folder: string
  readonly partitions: number
  readonly compacted: boolean
  readonly #locks: string
  readonly #segmentBytes: number
  readonly #mark: MarkFile
  readonly #writer = new FrameWriter()
  #segment: { number: number; file: number } | undefined
  #queue: Promise<unknown> = Promise.resolve()

  constructor(root: string, name: string, segmentBytes: number) {
    checkTopicName(name)
    this.name = name
    this.folder = join(root, name)
    const settings = readSettings(this.folder)
    if (settings === null) throw unknownTopic(name)
    this.partitions = settings.partitions
    this.compacted = settings.compacted
    checkSegments(this.folder, settings.oldestSegment ?? 1)
    this.#segmentBytes = segmentBytes
    this.#locks = join(root, '.locks', `append-${name}`)
    this.#mark = new MarkFile(this.folder, this.partitions)
  }

  /** What is committed as far as this process knows without the lock; null when that must be found out under it. */
  mark(): Mark | null {
    return this.#mark.read()
  }

  /** What is committed, after anything that a dead process left behind was settled. */
  async settled(): Promise<Mark> {
    const mark = this.#mark.read()
    if (mark !== null && this.#agrees(mark)) return mark
    return this.#locked(async () => this.#current())
  }

  /** The same once what is committed lies in segments that get no more appends. */
  rolled(): Promise<Mark> {
    return this.#locked(async () => this.#roll(await this.#current()))
  }

  append(records: readonly OutgoingRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve()
    const partitions = this.#place(records)
    return this.#locked(() => this.#append(records, partitions))
  }

  /** The lock under which only one process at a time compacts or drops segments. */
  maintenance(): Promise<Claim> {
    return this.#claim(`${this.#locks}.maintenance`, 1_000)
  }

  close(): void {
    this.#mark.close()
    if (this.#segment !== undefined) closeSync(this.#segment.file)
    this.#segment = undefined
  }

  #place(records: readonly OutgoingRecord[]): Int32Array {
    const partitions = new Int32Array(records.length)
    for (let i = 0; i < records.length; i++) {
      const { partition, key } = records[i]!
      const place = partition ?? partitionOf(key, this.partitions)
      if (!(place >= 0 && place < this.partitions)) {
        throw new RecstreamError('TOPIC_INVALID', `${this.name} has no partition ${place}; it has ${this.partitions}.`)
      }
      partitions[i] = place
    }
    return partitions
  }

  async #append(records: readonly OutgoingRecord[], partitions: Int32Array): Promise<void> {
    let mark = await this.#current()
    if (mark.position >= this.#segmentBytes) mark = this.#roll(mark)
    const { frame, sections } = this.#writer.encode(records, partitions, mark.ends)
    const { file, number } = this.#open(mark.segment)
    failpoint('append.before')
    try {
      writeAll(file, frame, mark.position)
      failpoint('append.after')
      failpoint('fsync.before')
      await sync(file)
    } catch (error) {
      // Whether the bytes are on disk is unknown now, and a second fsync would not show it; so they must go.
      ftruncateSync(file, mark.position)
      throw new RecstreamError(
        'LOG_UNAVAILABLE',
        `${this.name} cannot be written: ${(error as Error).message}. Check the disk's space and health.`,
        { cause: error },
      )
    }
    failpoint('fsync.after')
    const ends = mark.ends.slice()
    for (const { partition, base, span } of sections) ends[partition] = base + span
    this.#mark.write({ segment: number, position: mark.position + frame.length, ends })
  }

  #roll({ segment, ends }: Mark): Mark {
    const bases = encodeBases(ends)
    writeWhole(this.folder, segmentPath(this.folder, segment + 1), [bases])
    const mark = { segment: segment + 1, position: bases.length, ends }
    this.#mark.write(mark)
    return mark
  }

  /** The mark, mended when it and the files disagree. Only under the lock. */
  async #current(): Promise<Mark> {
    const mark = this.#mark.read()
    return mark !== null && this.#agrees(mark) ? mark : this.#recover(mark)
  }

  #agrees(mark: Mark): boolean {
    const size = statSync(segmentPath(this.folder, mark.segment), { throwIfNoEntry: false })?.size
    return size === mark.position && !existsSync(segmentPath(this.folder, mark.segment + 1))
  }

  /** A process died between its write and its mark, or the machine stopped: keep whole frames, cut off a torn one. */
  async #recover(mark: Mark | null): Promise<Mark> {
    const number = segmentNumbers(this.folder).at(-1)
    // Of a segment that the mark names, the name was on disk before.
    if (mark !== null && (number ?? 0) < mark.segment) throw missing(this.folder, mark.segment)
    const segment = number === undefined ? null : await openSegment(this.folder, number, this.partitions)
    if (segment === null) throw corrupt(this.folder, 0)
    try {
      const trusted = mark?.segment === segment.number ? mark : null
      const { size } = await segment.file.stat()
      if (trusted !== null && size < trusted.position) throw corrupt(segment.path, size)
      const ends = trusted?.ends ?? segment.bases.slice()
      let position = trusted?.position ?? segment.start
      while (position < size) {
        const chunk = await readChunk(segment.file, position, size, 1024 * 1024)
        const used = chunk === null ? 0 : takeFrames(chunk, ends)
        if (used === 0) break
        position += used
      }
      if (position < size && (await framesFollow(segment, position, size))) throw corrupt(segment.path, position)
      const { file } = this.#open(segment.number)
      if (position < size) ftruncateSync(file, position)
      await sync(file)
      const recovered = { segment: segment.number, position, ends }
      this.#mark.write(recovered)
      return recovered
    } finally {
      await segment.file.close()
    }
  }

  #open(number: number): { number: number; file: number } {
    if (this.#segment?.number === number) return this.#segment
    if (this.#segment !== undefined) closeSync(this.#segment.file)
    this.#segment = undefined
    return (this.#segment = { number, file: openSync(segmentPath(this.folder, number), 'r+') })
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    const run = async () => {
      const lock = await this.#claim(this.#locks, lockWaitMs)
      try {
        return await work()
      } finally {
        lock.release()
      }
    }
    const result = this.#queue.then(run, run)
    this.#queue = result.catch(() => undefined)
    return result
  }

  async #claim(folder: string, waitMs: number): Promise<Claim> {
    const result = await claim(folder, waitMs)
    if ('release' in result) return result
    throw new RecstreamError(
      'LOG_UNAVAILABLE',
      `Process ${result.pid} on ${result.host} has held ${this.name} since ${result.since.toISOString()}; wait for it or stop it.`,
    )
  }
}

/** Apply whole frames to `ends`; how many bytes they were. */
function takeFrames(chunk: Buffer, ends: Float64Array): number {
  let at = 0
  while (at < chunk.length) {
    const length = checkFrame(chunk, at, chunk.length)
    if (length === 0) break
    for (const { partition, base, span } of readSections(chunk, at)) ends[partition] = base + span
    at += length
  }
  return at
}

const magicBytes = Buffer.from('RSF1')

async function framesFollow(segment: { file: FileHandle }, from: number, to: number): Promise<boolean> {
  const rest = Buffer.allocUnsafeSlow(to - from)
  const { bytesRead } = await segment.file.read(rest, 0, rest.length, from)
  for (let at = rest.indexOf(magicBytes, 1); at !== -1 && at < bytesRead; at = rest.indexOf(magicBytes, at + 1)) {
    if (checkFrame(rest, at, bytesRead) > 0) return true
  }
  return false
}
