import { againHeader } from './again.ts'
import { backwards } from './backwards.ts'
import { beginnings } from './beginnings.ts'
import type { Log, LogRecord } from './log.ts'
import { partitionOf } from './partitioner.ts'
import { readToEnd } from './read-or-end.ts'
import { recordsUpTo } from './records-up-to.ts'

/** The header in which a published record says among how many partitions its key was placed. */
export const partitionsHeader = 'recstream-partitions'

/** Header of a record that another process put on a publisher's topic beside it: it says nothing of how far that one came. */
export const besideHeader = 'recstream-follower'

/** So many offsets are looked at first where such records stand last. */
const firstWindow = 256

/** The last record of a publisher in one partition. */
interface PartitionEnd<Mark> {
  mark: Mark
  /** Among how many partitions it was placed; null where it does not say, as before version 0.2. */
  among: number | null
  /** Where that record stands. */
  offset: number
}

/** How far a publisher came on a topic. */
export interface Published<Mark> {
  /** The furthest mark of all partitions; null where it wrote nothing. */
  furthest: Mark | null
  /** By partition; null where it wrote nothing there. */
  ends: readonly (PartitionEnd<Mark> | null)[]
}

interface PublishedOptions<Mark> {
  isLater: (a: Mark, b: Mark) => boolean
  compacted?: boolean
  /** The only partition that the publisher writes to; null: it writes to all. */
  partition?: number | null
}

/**
 * Where a publisher that writes in the order of its marks goes on, read off the topic itself.
 *
 * Usually the newest records say it, or those before what was written beside them. Where somebody else has written to the
 * topic the whole of it is read.
 *
 *     const published = await publishedOn(log, topic, record => numberIn(record, 'row'), { isLater: (a, b) => a > b })
 *     reachOf(published, 'user-17')   // 4096: the rows of this key up to 4096 are there
 */
export async function publishedOn<Mark>(
  log: Log,
  topic: string,
  markOf: (record: LogRecord) => Mark | null,
  { isLater, compacted = false, partition = null }: PublishedOptions<Mark>,
): Promise<Published<Mark>> {
  const isRead = (each: { partition: number }) => partition === null || each.partition === partition
  const newest = (await log.newest(topic)).filter(isRead)
  const ranges = await log.ranges(topic)
  const ends = new Array<PartitionEnd<Mark> | null>(ranges.length).fill(null)
  const take = (record: LogRecord) => {
    const mark = markOf(record)
    const before = ends[record.partition] ?? null
    if (mark !== null && (before === null || isLater(mark, before.mark))) {
      ends[record.partition] = { mark, among: numberIn(record, partitionsHeader), offset: record.offset }
    }
  }
  const isLast = (record: LogRecord) => markOf(record) !== null && record.headers[againHeader] === undefined
  const own = await Promise.all(newest.map(record => lastOwn(log, record, ranges[record.partition]!.first)))
  const last = own.filter(record => record !== null)
  if (last.every(isLast)) last.forEach(take)
  else {
    const reader = await log.reader(beginnings(topic, ranges.filter(isRead)))
    try {
      await readToEnd(reader, take)
    } finally {
      await reader.close()
    }
    // Where somebody else wrote last, compaction may have removed this publisher's last records for theirs.
    for (const record of compacted ? newest : []) {
      const end = ends[record.partition] ?? null
      if (end !== null && markOf(record) === null) ends[record.partition] = { ...end, among: null }
    }
  }
  return { furthest: furthestOf(ends, isLater), ends }
}

/** The newest record of a partition that was not put there beside a publisher, looked for backwards; null where there is none. */
async function lastOwn(log: Log, newest: LogRecord, first: number): Promise<LogRecord | null> {
  if (!isBeside(newest)) return newest
  const { topic, partition } = newest
  for (const range of backwards({ partition, first, end: newest.offset }, firstWindow)) {
    let found: LogRecord | null = null
    for await (const record of recordsUpTo(log, topic, range)) {
      if (record.offset < range.end && !isBeside(record)) found = record
    }
    if (found !== null) return found
  }
  return null
}

const isBeside = ({ headers }: LogRecord) => headers[besideHeader] !== undefined

/**
 * The mark up to which whatever has this key is on the topic; null for nothing.
 *
 * A partition's own end counts where it was written under the present number of partitions: if its tail was lost, that is
 * written again and nothing twice elsewhere. Where that number was another one, a key was placed elsewhere, and only the
 * furthest of all ends says what need not be written.
 */
export function reachOf<Mark>({ furthest, ends }: Published<Mark>, key: Buffer | string | null): Mark | null {
  const own = ends[partitionOf(key, ends.length)] ?? null
  return own !== null && own.among === ends.length ? own.mark : furthest
}

/** The number in a header; null where there is none. */
export function numberIn(record: LogRecord, header: string): number | null {
  const text = record.headers[header]?.toString() ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

function furthestOf<Mark>(ends: readonly (PartitionEnd<Mark> | null)[], isLater: (a: Mark, b: Mark) => boolean) {
  let furthest: Mark | null = null
  for (const end of ends) if (end !== null && (furthest === null || isLater(end.mark, furthest))) furthest = end.mark
  return furthest
}
