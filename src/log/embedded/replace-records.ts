import { failpoint } from '../../failpoint.ts'
import type { LogRecord, Replace } from '../log.ts'
import { encodeKept, frameTimestamp, readSections, type Section } from './frame.ts'
import { recordOf } from './frame-writer.ts'
import { rawRecords, readRecords } from './read-records.ts'
import { frames, openSegment, segmentNumbers, writeWhole } from './segment.ts'
import type { Topic } from './topic.ts'

/**
 * Put other contents in the place of records, segment by segment: what was there is on no file of the topic when this
 * resolves. Offsets stay. Readers that are in the middle of a segment go on with the old file of it.
 */
export async function replaceRecords(topic: Topic, replacement: Replace): Promise<number> {
  const lock = await topic.maintenance()
  try {
    // Nothing is appended to a file that is written anew.
    const { segment } = await topic.rolled()
    let replaced = 0
    for (const number of segmentNumbers(topic.folder)) {
      if (number < segment) replaced += await replaceIn(topic, number, replacement)
    }
    return replaced
  } finally {
    lock.release()
  }
}

async function replaceIn(topic: Topic, number: number, replacement: Replace): Promise<number> {
  const segment = await openSegment(topic.folder, number, topic.partitions)
  if (segment === null) return 0
  try {
    const { size } = await segment.file.stat()
    const head = Buffer.alloc(segment.start)
    await segment.file.read(head, 0, head.length, 0)
    const kept: Buffer[] = [head]
    let replaced = 0
    for await (const { buffer, at } of frames(segment, segment.start, size)) {
      const sections: { section: Section; parts: Buffer[] }[] = []
      let here = 0
      for (const section of readSections(buffer, at)) {
        const raw = [...rawRecords(buffer, section)]
        const records: LogRecord[] = []
        const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
        readRecords(buffer, view, { ...section }, topic.name, 0, Number.POSITIVE_INFINITY, records)
        const parts = records.flatMap((record, k) => {
          const { start, stop } = raw[k]!
          const other = replacement(record)
          if (other === null) return buffer.subarray(start, stop)
          here += 1
          return other === 'gone'
            ? []
            : recordOf(record.offset - section.base, { ...other, timestamp: record.timestamp })
        })
        if (parts.length > 0) sections.push({ section, parts })
      }
      replaced += here
      if (here === 0) kept.push(Buffer.from(buffer.subarray(at, at + buffer.readUInt32LE(at + 4))))
      else if (sections.length > 0) kept.push(encodeKept(frameTimestamp(buffer, at), sections))
    }
    if (replaced > 0) {
      failpoint('replace.before')
      writeWhole(topic.folder, segment.path, kept)
      failpoint('replace.after')
    }
    return replaced
  } finally {
    await segment.file.close()
  }
}
