import { isRecstreamError } from '../../errors.ts'
import type { Checkpoints, Kept } from '../checkpoint.ts'

/** The newest checkpoint; null where there is none, or none can be used and the topic has all that they were made of. */
export function newestOrAnew(
  checkpoints: Checkpoints,
  how: { topic: string; first: number; onNotice: ((message: string) => void) | undefined },
): Promise<Kept | null> {
  return checkpoints.newest().catch((error: unknown) => {
    // What it is made of is all there: no need for a person.
    if (how.first > 0 || !isRecstreamError(error, 'CHECKPOINT_CORRUPT')) throw error
    how.onNotice?.(`No checkpoint can be used: learning again from the beginning of ${how.topic}, which has all of it.`)
    return null
  })
}
