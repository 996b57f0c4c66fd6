import { unlinkSync } from 'node:fs'
import { encodeKept, frameTimestamp, readSections, type Section } from './frame.ts'
import { rawRecords } from './read-records.ts'
import { frames, openSegment, segmentNumbers, syncFolder, writeWhole } from './segment.ts'
import { readSettings, writeSettings } from './settings.ts'
import type { Topic } from './topic.ts'

/** What a run of compaction or retention did. */
export interface Cleaned {
  records: number
  bytes: number
}

/**
 * Drop records whose key has a newer one, from every segment but the newest. Offsets stay; tombstones and records
 * without a key stay too. Readers that are in the middle of a segment go on with the old file of it.
 */
export async function compact(topic: Topic): Promise<Cleaned> {
  const cleaned = { records: 0, bytes: 0 }
  if (!topic.compacted) return cleaned
  const lock = await topic.maintenance()
  try {
    const mark = await topic.settled()
    const numbers = segmentNumbers(topic.folder).filter(number => number <= mark.segment)
    const newest: Map<string, number>[] = Array.from({ length: topic.partitions }, () => new Map())
    for (const number of numbers) {
      await eachFrame(topic, number, number === mark.segment ? mark.position : undefined, (buffer, at) => {
        for (const section of readSections(buffer, at)) {
          for (const { offset, key } of rawRecords(buffer, section)) {
            if (key !== null) newest[section.partition]!.set(key.toString('latin1'), offset)
          }
        }
      })
    }
    for (const number of numbers) if (number < mark.segment) await rewrite(topic, number, newest, cleaned)
    return cleaned
  } finally {
    lock.release()
  }
}

/** Drop whole segments, oldest first, whose records are all older than this time (ms since 1970). */
export async function retain(topic: Topic, beforeTimestamp: number): Promise<Cleaned> {
  const cleaned = { records: 0, bytes: 0 }
  const lock = await topic.maintenance()
  try {
    const mark = await topic.settled()
    for (const number of segmentNumbers(topic.folder)) {
      if (number >= mark.segment) break
      let newest = Number.NEGATIVE_INFINITY
      let records = 0
      let bytes = 0
      const path = await eachFrame(topic, number, undefined, (buffer, at) => {
        newest = Math.max(newest, frameTimestamp(buffer, at))
        records += buffer.readUInt32LE(at + 16)
        bytes += buffer.readUInt32LE(at + 4)
      })
      if (newest >= beforeTimestamp) break
      // First: a segment that is missing otherwise is damage.
      writeSettings(topic.folder, { ...readSettings(topic.folder)!, oldestSegment: number + 1 })
      unlinkSync(path)
      syncFolder(topic.folder)
      cleaned.records += records
      cleaned.bytes += bytes
    }
    return cleaned
  } finally {
    lock.release()
  }
}

async function eachFrame(
  topic: Topic,
  number: number,
  end: number | undefined,
  see: (buffer: Buffer, at: number) => void,
): Promise<string> {
  const segment = await openSegment(topic.folder, number, topic.partitions)
  if (segment === null) throw new Error(`segment ${number} of ${topic.name} went away during maintenance`)
  try {
    const to = end ?? (await segment.file.stat()).size
    for await (const { buffer, at } of frames(segment, segment.start, to)) see(buffer, at)
    return segment.path
  } finally {
    await segment.file.close()
  }
}

async function rewrite(
  topic: Topic,
  number: number,
  newest: readonly Map<string, number>[],
  cleaned: Cleaned,
): Promise<void> {
  const segment = await openSegment(topic.folder, number, topic.partitions)
  if (segment === null) return
  try {
    const { size } = await segment.file.stat()
    const head = Buffer.alloc(segment.start)
    await segment.file.read(head, 0, head.length, 0)
    const kept: Buffer[] = [head]
    let dropped = 0
    for await (const { buffer, at } of frames(segment, segment.start, size)) {
      const sections: { section: Section; parts: Buffer[] }[] = []
      let droppedHere = 0
      for (const section of readSections(buffer, at)) {
        const parts: Buffer[] = []
        for (const { offset, key, start, stop } of rawRecords(buffer, section)) {
          if (key === null || newest[section.partition]!.get(key.toString('latin1')) === offset)
            parts.push(buffer.subarray(start, stop))
          else droppedHere++
        }
        if (parts.length > 0) sections.push({ section, parts })
      }
      dropped += droppedHere
      if (droppedHere === 0) kept.push(Buffer.from(buffer.subarray(at, at + buffer.readUInt32LE(at + 4))))
      else if (sections.length > 0) kept.push(encodeKept(frameTimestamp(buffer, at), sections))
    }
    if (dropped === 0) return
    writeWhole(topic.folder, segment.path, kept)
    cleaned.records += dropped
    cleaned.bytes += size - kept.reduce((sum, frame) => sum + frame.length, 0)
  } finally {
    await segment.file.close()
  }
}
