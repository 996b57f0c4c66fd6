import { isRecstreamError } from '../../errors.ts'
import type { Log } from '../../log/log.ts'
import type { Checkpoints, Kept } from '../checkpoint.ts'
import { mayLackUsers } from '../users/lacks-users.ts'
import { type BlockRanges, isAllThere } from './blocks/open-blocks.ts'

/** The newest checkpoint; null where there is none, or none can be used and the topics have all that they were made of. */
export async function newestOrAnew(
  checkpoints: Pick<Checkpoints, 'newest'>,
  how: {
    log: Pick<Log, 'reader'>
    ranges: BlockRanges
    onNotice: ((message: string) => void) | undefined
  },
): Promise<Kept | null> {
  const { log, ranges, onNotice } = how
  const { topic } = ranges.order
  let newest: Kept | null
  try {
    newest = await checkpoints.newest()
  } catch (error) {
    // What they are made of is all there: no need for a person.
    if (!isRecstreamError(error, 'CHECKPOINT_CORRUPT') || !(await isAllThere(log, ranges))) throw error
    onNotice?.(`No checkpoint can be used: learning again from the beginning of ${topic}, which has all of it.`)
    return null
  }
  if (newest === null || !mayLackUsers(newest.state)) return newest
  const lacks = 'The newest checkpoint is of a version that forgot who was away longest'
  if (await isAllThere(log, ranges)) {
    onNotice?.(`${lacks}: learning again from the beginning of ${topic}, which has all of them.`)
    return null
  }
  onNotice?.(`${lacks}, and the beginning of ${topic} is gone: such users are taken for new ones when they come back.`)
  return newest
}
