import { randomUUID } from 'node:crypto'
import { failpoint } from '../../failpoint.ts'
import { againHeader } from '../again.ts'
import type { Log, LogRecord, OutgoingRecord, PartitionRange, Replace } from '../log.ts'
import { recordsUpTo } from '../records-up-to.ts'

/** Bytes of records that are appended at once. */
const batchBytes = 768 * 1024
/** How often all is appended again because somebody else appended meanwhile. */
const mostRounds = 5

/**
 * The records of a topic with other contents, where `replacement` gives any: all of a partition that has such are appended
 * again, each with a header that says so, and what stood before them is deleted. Brokers know no other way.
 *
 * A crash in between leaves both; whoever reads goes by what records say of themselves, and the next try does it all.
 */
export async function replaceRecords(
  log: Pick<Log, 'ranges' | 'reader' | 'producer'>,
  topic: string,
  replacement: Replace,
  deleteBefore: (partition: number, offset: number) => Promise<void>,
): Promise<number> {
  let replaced = 0
  const affected: PartitionRange[] = []
  for (const range of await log.ranges(topic)) {
    const before = replaced
    for await (const record of recordsIn(log, topic, range)) if (replacement(record) !== null) replaced += 1
    if (replaced > before) affected.push(range)
  }
  if (affected.length === 0) return 0
  for (const range of affected) {
    const { partition } = range
    // Parts of a pipeline may replace records of their partitions at once.
    const producer = await log.producer(partition === 0 ? `${topic}.replace` : `${topic}.replace.${partition}`, [topic])
    try {
      let upTo = range.end
      for (let round = 1; ; round++) {
        const mark = randomUUID()
        const again = async function* () {
          for await (const record of recordsIn(log, topic, { ...range, end: upTo })) {
            // What an earlier round appended stands there twice.
            if (round === 1 || record.offset < range.end || record.headers[againHeader] === undefined) yield record
          }
        }
        for await (const batch of batches(again(), replacement, mark)) await producer.append(topic, batch)
        const now = (await log.ranges(topic))[partition]!
        let others = 0
        for await (const { headers } of recordsIn(log, topic, { partition, first: upTo, end: now.end })) {
          if (headers[againHeader]?.toString() !== mark) others += 1
        }
        if (others === 0 || round === mostRounds) break
        upTo = now.end
      }
      failpoint('replace.before')
      await deleteBefore(partition, upTo)
      failpoint('replace.after')
    } finally {
      await producer.close()
    }
  }
  return replaced
}

async function* recordsIn(log: Pick<Log, 'reader'>, topic: string, range: PartitionRange): AsyncGenerator<LogRecord> {
  for await (const record of recordsUpTo(log, topic, range)) if (record.offset < range.end) yield record
}

async function* batches(
  records: AsyncIterable<LogRecord>,
  replacement: Replace,
  mark: string,
): AsyncGenerator<OutgoingRecord[]> {
  let batch: OutgoingRecord[] = []
  let bytes = 0
  for await (const record of records) {
    const { partition, timestamp } = record
    const other = replacement(record)
    if (other === 'gone') continue
    const { key, value, headers } = other ?? record
    batch.push({ partition, timestamp, key, value, headers: { ...headers, [againHeader]: mark } })
    bytes += (key?.length ?? 0) + (value?.length ?? 0) + 100
    if (bytes < batchBytes) continue
    yield batch
    batch = []
    bytes = 0
  }
  if (batch.length > 0) yield batch
}
