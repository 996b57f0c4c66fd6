import { isRecstreamError } from '../../errors.ts'
import { beginsAgain } from '../../log/again.ts'
import type { Log, PartitionRange } from '../../log/log.ts'
import type { Checkpoints, Kept } from '../checkpoint.ts'

/** The newest checkpoint; null where there is none, or none can be used and the topic has all that they were made of. */
export function newestOrAnew(
  checkpoints: Pick<Checkpoints, 'newest'>,
  how: {
    log: Pick<Log, 'reader'>
    topic: string
    range: PartitionRange
    onNotice: ((message: string) => void) | undefined
  },
): Promise<Kept | null> {
  const { log, topic, range, onNotice } = how
  return checkpoints.newest().catch(async (error: unknown) => {
    if (!isRecstreamError(error, 'CHECKPOINT_CORRUPT')) throw error
    // What it is made of is all there: no need for a person. Where somebody was forgotten it stands further behind.
    if (range.first > 0 && !(await beginsAgain(log, topic, range))) throw error
    onNotice?.(`No checkpoint can be used: learning again from the beginning of ${topic}, which has all of it.`)
    return null
  })
}
