import { isRecstreamError } from '../errors.ts'
import type { Log, PartitionRange, Position, Reader, ReaderOptions } from './log.ts'

/** Header of a record that was appended again, after others that came later; what is newest on a topic is not told by it. */
export const againHeader = 'recstream-again'

/** Whether a partition begins with records that were appended again: what stood before them is in them. */
export async function beginsAgain(
  log: Pick<Log, 'reader'>,
  topic: string,
  { partition, first }: Pick<PartitionRange, 'partition' | 'first'>,
): Promise<boolean> {
  const reader = await log.reader([{ topic, partition, offset: first }], { name: 'again', maxRecords: 1 })
  try {
    for (;;) {
      const [record] = await reader.read(100)
      if (record !== undefined) return record.headers[againHeader] !== undefined
      if (await reader.caughtUp()) return false
    }
  } finally {
    await reader.close()
  }
}

/**
 * A reader of one partition of a topic of ours, whose records say of themselves which they are: where what it was about to read
 * has been appended again and deleted, it goes on from the beginning.
 */
export async function readerThroughAgain(log: Log, from: Position, options: ReaderOptions): Promise<Reader> {
  const { topic, partition } = from
  const openAt = async (offset: number): Promise<Reader> => {
    const range = (await log.ranges(topic))[partition]!
    const isGone = offset < range.first && (await beginsAgain(log, topic, range))
    return log.reader([{ topic, partition, offset: isGone ? range.first : offset }], options)
  }
  let reader = await openAt(from.offset)
  return {
    async read(maxWaitMs) {
      try {
        return await reader.read(maxWaitMs)
      } catch (error) {
        const at = reader.position(topic, partition)
        const range = (await log.ranges(topic))[partition]!
        if (!isRecstreamError(error, 'OFFSET_OUT_OF_RANGE') || !(await beginsAgain(log, topic, range))) throw error
        await reader.close()
        reader = await openAt(at)
        return []
      }
    },
    position: (ofTopic, ofPartition) => reader.position(ofTopic, ofPartition),
    caughtUp: () => reader.caughtUp(),
    close: () => reader.close(),
  }
}
