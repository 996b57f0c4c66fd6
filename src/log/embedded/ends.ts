import type { LogRecord } from '../log.ts'
import { readSections, type Section } from './frame.ts'
import { readRecords } from './read-records.ts'
import { frames, type OpenSegment, openSegment, segmentNumbers } from './segment.ts'
import type { Topic } from './topic.ts'

/** The oldest offset that each partition may still hold. */
export async function firstOffsets(topic: Topic): Promise<Float64Array> {
  for (const number of segmentNumbers(topic.folder)) {
    const segment = await openSegment(topic.folder, number, topic.partitions)
    if (segment === null) continue
    await segment.file.close()
    return segment.bases
  }
  return new Float64Array(topic.partitions)
}

/** The newest committed record of every partition that has one, found from the log's end. */
export async function newestRecords(topic: Topic): Promise<LogRecord[]> {
  const mark = await topic.settled()
  const firsts = await firstOffsets(topic)
  const found = new Map<number, LogRecord>()
  const missing = new Set<number>()
  mark.ends.forEach((end, partition) => {
    if (end > firsts[partition]!) missing.add(partition)
  })
  for (const number of segmentNumbers(topic.folder).reverse()) {
    if (missing.size === 0) break
    const segment = await openSegment(topic.folder, number, topic.partitions)
    if (segment === null) continue
    try {
      const end = number === mark.segment ? mark.position : (await segment.file.stat()).size
      await searchBack(topic, segment, end, missing, found)
    } finally {
      await segment.file.close()
    }
    // Nothing older exists of a partition that was still at its first offset where this segment starts.
    for (const partition of missing) if (segment.bases[partition]! <= firsts[partition]!) missing.delete(partition)
  }
  return [...found.values()].sort((a, b) => a.partition - b.partition)
}

/** Look through a segment from its end, so that the usual case (the last frames have it all) reads little. */
async function searchBack(
  topic: Topic,
  segment: OpenSegment,
  end: number,
  missing: Set<number>,
  found: Map<number, LogRecord>,
): Promise<void> {
  const trailer = Buffer.alloc(4)
  let stop = end
  while (stop > segment.start && missing.size > 0) {
    await segment.file.read(trailer, 0, 4, stop - 4)
    const start = stop - trailer.readUInt32LE(0)
    for await (const { buffer, at } of frames(segment, Math.max(start, 0), stop)) {
      for (const section of readSections(buffer, at)) {
        if (section.count === 0 || !missing.delete(section.partition)) continue
        found.set(section.partition, lastRecord(buffer, section, topic.name))
      }
    }
    stop = start
  }
}

function lastRecord(buffer: Buffer, section: Section, topic: string): LogRecord {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
  const records: LogRecord[] = []
  readRecords(buffer, view, section, topic, 0, Number.POSITIVE_INFINITY, records)
  const last = records.at(-1)!
  // A copy, so that one record does not keep its whole frame in memory.
  const copy = (bytes: Buffer | null) => (bytes === null ? null : Buffer.from(bytes))
  const headers: Record<string, Buffer> = Object.create(null)
  for (const [name, value] of Object.entries(last.headers)) headers[name] = Buffer.from(value)
  return { ...last, key: copy(last.key), value: copy(last.value), headers }
}
