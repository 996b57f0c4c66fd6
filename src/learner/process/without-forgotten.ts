import type { Forgotten } from '../../records/forgotten.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import { withoutUser } from '../../records/without-user.ts'

/**
 * What is left of a block once those are cleared from it whom the learner has forgotten: they may be in it still.
 *
 * `next` is its first row where it has none, `base` what was added to the rows of its part, in which their newest one is told.
 */
export function withoutForgotten(
  block: InterestBlock,
  forgotten: Forgotten,
  { next, base }: { next: number; base: number },
): InterestBlock {
  let left = block
  const first = block.sequence[0] ?? next
  for (const command of forgotten.all()) {
    const { appliedAt, forget } = command
    const upTo = base + forget.upTo!
    if (appliedAt === null || appliedAt > first || upTo < first) continue
    left = withoutUser(left, id => forgotten.isOf(command, id), upTo)?.block ?? left
  }
  return left
}
