import { beginsAgain, readerThroughAgain } from '../../log/again.ts'
import type { Log, PartitionRange, Reader } from '../../log/log.ts'
import { resumeAt } from '../../log/resume.ts'
import type { Kept } from '../checkpoint.ts'

/** A reader of blocks from where a checkpoint goes on, or from the beginning; and the offset of the first of them. */
export async function openBlocks(
  log: Log,
  how: {
    topic: string
    range: PartitionRange
    checkpoint: Kept | null
    onLost: ((message: string) => void) | undefined
  },
): Promise<{ reader: Reader; offset: number }> {
  const { topic, range, checkpoint, onLost } = how
  const isAgain = checkpoint !== null && checkpoint.offset < range.first && (await beginsAgain(log, topic, range))
  const offset =
    checkpoint === null || isAgain
      ? range.first
      : resumeAt(log, topic, range, checkpoint.offset, { ours: true, onLost })
  const reader = await readerThroughAgain(log, { topic, partition: 0, offset }, { name: 'learn', maxRecords: 16 })
  return { reader, offset }
}
