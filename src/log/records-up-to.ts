import type { Log, LogRecord, PartitionRange } from './log.ts'

/**
 * The records of a partition, from the first of a range on until a reader has come to the end of it; the last read may hold more.
 *
 *     for await (const record of recordsUpTo(log, topic, range)) …
 */
export async function* recordsUpTo(
  log: Pick<Log, 'reader'>,
  topic: string,
  { partition, first, end }: PartitionRange,
): AsyncGenerator<LogRecord> {
  if (first >= end) return
  const reader = await log.reader([{ topic, partition, offset: first }], { name: 'range' })
  try {
    while (reader.position(topic, partition) < end) {
      const records = await reader.read(500)
      yield* records
      if (records.length === 0 && (await reader.caughtUp())) return
    }
  } finally {
    await reader.close()
  }
}
