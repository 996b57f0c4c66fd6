import type { LogRecord } from '../log.ts'
import { outOfRange } from '../names.ts'
import { firstOffsets } from './ends.ts'
import { checkFrame, readSections, type Section } from './frame.ts'
import { readRecords } from './read-records.ts'
import { corrupt, type OpenSegment, openSegment, readChunk, segmentNumbers } from './segment.ts'
import type { Topic } from './topic.ts'

/** Walks one topic's segments, in the order of append, for some of its partitions. */
export class Cursor {
  readonly topic: Topic
  /** Next offset by partition; -1 where the partition is not asked for. */
  readonly #next: Float64Array
  readonly #chunkBytes: number
  #segment: OpenSegment | undefined
  #closed = false
  #filePosition = 0
  #chunk: Buffer | undefined
  #view: DataView | undefined
  #at = 0
  #sections: Section[] = []

  constructor(topic: Topic, from: readonly { partition: number; offset: number }[], chunkBytes: number) {
    this.topic = topic
    this.#next = new Float64Array(topic.partitions).fill(-1)
    for (const { partition, offset } of from) this.#next[partition] = offset
    this.#chunkBytes = chunkBytes
  }

  position(partition: number): number {
    return this.#next[partition]!
  }

  /** Whether it stands at or past all of these ends. */
  reached(ends: Float64Array): boolean {
    return this.#next.every((next, partition) => next === -1 || next >= ends[partition]!)
  }

  /** Add up to `limit` records to `out`; adds none only when there is nothing more for now. */
  async take(limit: number, out: LogRecord[]): Promise<void> {
    const enough = out.length + limit
    while (out.length < enough) {
      if (this.#sections.length > 0) this.#takeSections(enough, out)
      else if (this.#chunk !== undefined) this.#nextFrame()
      // One disk read at a time: what is there is worth more to the caller than what may follow.
      else if (out.length > enough - limit || !(await this.#readMore())) return
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const file = this.#segment?.file
    this.#segment = undefined
    this.#chunk = undefined
    await file?.close()
  }

  #takeSections(enough: number, out: LogRecord[]): void {
    while (this.#sections.length > 0 && out.length < enough) {
      const section = this.#sections[0]!
      const next = this.#next[section.partition]!
      const end = section.base + section.span
      if (next !== -1 && next < end) {
        readRecords(this.#chunk!, this.#view!, section, this.topic.name, next, enough - out.length, out)
        const done = section.start >= section.stop
        this.#next[section.partition] = done ? end : out.at(-1)!.offset + 1
        if (!done) return
      }
      this.#sections.shift()
    }
  }

  #nextFrame(): void {
    const chunk = this.#chunk!
    if (this.#at >= chunk.length) {
      this.#chunk = undefined
      return
    }
    const length = checkFrame(chunk, this.#at, chunk.length)
    if (length === 0) throw corrupt(this.#segment!.path, this.#filePosition - chunk.length + this.#at)
    this.#sections = readSections(chunk, this.#at)
    this.#at += length
  }

  async #readMore(): Promise<boolean> {
    const mark = this.topic.mark()
    if (mark === null) return false
    const segment = this.#segment ?? (await this.#hold(await this.#locate()))
    // A segment that is no longer the newest is complete, and this file of it stays readable whatever replaces it.
    const end = segment.number === mark.segment ? mark.position : (await segment.file.stat()).size
    if (this.#filePosition >= end) {
      if (segment.number >= mark.segment) return false
      await this.#nextSegment(segment)
      return true
    }
    const chunk = await readChunk(segment.file, this.#filePosition, end, this.#chunkBytes)
    if (chunk === null) throw corrupt(segment.path, this.#filePosition)
    this.#chunk = chunk
    this.#view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    this.#at = 0
    this.#filePosition += chunk.length
    return true
  }

  /** A close while a segment was being opened must not leave its file open: Node ends a process that forgets one. */
  async #hold(segment: OpenSegment): Promise<OpenSegment> {
    if (this.#closed) {
      await segment.file.close()
      throw new Error(`The reader of ${this.topic.name} is closed.`)
    }
    this.#segment = segment
    return segment
  }

  /** The newest segment that starts at or before every position. */
  async #locate(): Promise<OpenSegment> {
    for (const number of segmentNumbers(this.topic.folder).reverse()) {
      const segment = await openSegment(this.topic.folder, number, this.topic.partitions)
      if (segment === null) continue
      if (this.#next.every((next, partition) => next === -1 || segment.bases[partition]! <= next)) {
        this.#filePosition = segment.start
        return segment
      }
      await segment.file.close()
    }
    throw await this.#lost()
  }

  async #nextSegment(current: OpenSegment): Promise<void> {
    const number = segmentNumbers(this.topic.folder).find(candidate => candidate > current.number)
    const next = number === undefined ? null : await openSegment(this.topic.folder, number, this.topic.partitions)
    if (next === null) return
    await current.file.close()
    await this.#hold(next)
    this.#filePosition = next.start
    for (const [partition, position] of this.#next.entries()) {
      const base = next.bases[partition]!
      if (position === -1 || position >= base) continue
      // Between neighbours only compaction leaves holes; a missing segment in between was retention.
      if (next.number !== current.number + 1) throw await this.#lost()
      this.#next[partition] = base
    }
  }

  async #lost(): Promise<Error> {
    const firsts = await firstOffsets(this.topic)
    const partition = this.#next.findIndex((next, p) => next !== -1 && firsts[p]! > next)
    const end = this.topic.mark()?.ends[partition] ?? Number.NaN
    return outOfRange(this.topic.name, partition, this.#next[partition]!, firsts[partition]!, end)
  }
}
