import { isRecstreamError } from '../../errors.ts'
import { beginsAgain } from '../../log/again.ts'
import type { Log, PartitionRange } from '../../log/log.ts'
import type { Checkpoints, Kept } from '../checkpoint.ts'
import { mayLackUsers } from '../users/lacks-users.ts'

/** The newest checkpoint; null where there is none, or none can be used and the topic has all that they were made of. */
export async function newestOrAnew(
  checkpoints: Pick<Checkpoints, 'newest'>,
  how: {
    log: Pick<Log, 'reader'>
    topic: string
    range: PartitionRange
    onNotice: ((message: string) => void) | undefined
  },
): Promise<Kept | null> {
  const { log, topic, range, onNotice } = how
  // What they are made of is all there: no need for a person. Where somebody was forgotten it stands further behind.
  const isAllThere = async () => range.first === 0 || (await beginsAgain(log, topic, range))
  let newest: Kept | null
  try {
    newest = await checkpoints.newest()
  } catch (error) {
    if (!isRecstreamError(error, 'CHECKPOINT_CORRUPT') || !(await isAllThere())) throw error
    onNotice?.(`No checkpoint can be used: learning again from the beginning of ${topic}, which has all of it.`)
    return null
  }
  if (newest === null || !mayLackUsers(newest.state)) return newest
  const lacks = 'The newest checkpoint is of a version that forgot who was away longest'
  if (await isAllThere()) {
    onNotice?.(`${lacks}: learning again from the beginning of ${topic}, which has all of them.`)
    return null
  }
  onNotice?.(`${lacks}, and the beginning of ${topic} is gone: such users are taken for new ones when they come back.`)
  return newest
}
