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
 * A reader of partitions of a topic of ours, whose records say of themselves which they are: where what it was about to read
 * has been appended again and deleted, it goes on from the beginning.
 */
export async function readerThroughAgain(log: Log, from: readonly Position[], options: ReaderOptions): Promise<Reader> {
  const openAt = async (positions: readonly Position[]): Promise<Reader> => {
    const gone = await goneAgain(log, positions)
    const now = positions.map((position, k) => gone[k]?.from ?? position)
    return log.reader(now, options)
  }
  let reader = await openAt(from)
  return {
    async read(maxWaitMs) {
      try {
        return await reader.read(maxWaitMs)
      } catch (error) {
        if (!isRecstreamError(error, 'OFFSET_OUT_OF_RANGE')) throw error
        const at = from.map(({ topic, partition }) => ({ topic, partition, offset: reader.position(topic, partition) }))
        const gone = (await goneAgain(log, at)).filter(each => each !== null)
        if (gone.length === 0 || gone.some(each => each.from === null)) throw error
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

/** Of each position what is gone there: null for nothing; else where it is read again from, if it was appended again. */
async function goneAgain(log: Log, positions: readonly Position[]): Promise<({ from: Position | null } | null)[]> {
  const ranges = new Map<string, PartitionRange[]>()
  const gone: ({ from: Position | null } | null)[] = []
  for (const { topic, partition, offset } of positions) {
    if (!ranges.has(topic)) ranges.set(topic, await log.ranges(topic))
    const range = ranges.get(topic)![partition]!
    if (offset >= range.first) gone.push(null)
    else gone.push({ from: (await beginsAgain(log, topic, range)) ? { topic, partition, offset: range.first } : null })
  }
  return gone
}
