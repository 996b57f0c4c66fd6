import type { InterestBlock } from '../../records/interest-block.ts'
import type { Learner, LearnerOutput } from '../learner.ts'
import type { AskedLists } from './asked-lists.ts'
import { traced } from './records.ts'

/** Sequences worked on before anything else may happen in the process. */
export const slice = 256

/**
 * Learn from sequences [from, to) of a block a few at a time, so that whoever asks is answered in between.
 *
 *     await learnSlices({ learner, asked, pause }, block, { from: 0, to: block.sequence.length }, output)
 */
export async function learnSlices(
  { learner, asked, pause }: { learner: Learner; asked: AskedLists; pause: () => Promise<void> },
  block: InterestBlock,
  { from, to }: { from: number; to: number },
  into: LearnerOutput,
): Promise<void> {
  // Once where there are no sequences, too: a block may tell of nothing but changes.
  let at = from
  do {
    const next = Math.min(at + asked.sliceOf(slice), to)
    const output = learner.consume(block, at, next)
    into.recommendations.push(...traced(output.recommendations, block.traces))
    into.versions.push(...output.versions)
    into.commands.push(...output.commands)
    const isNext = asked.learned(next - at)
    at = next
    if (isNext) await pause()
  } while (at < to)
}
