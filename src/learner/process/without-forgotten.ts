import type { Forgotten } from '../../records/forgotten.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import { withoutUser } from '../../records/without-user.ts'

/**
 * What is left of a block once those are cleared from it whom the learner has forgotten: they may be in it still; `next` is its
 * first row where it has none. Their newest row is told in the learner's numbers, of several parts too.
 */
export function withoutForgotten(block: InterestBlock, forgotten: Forgotten, next: number): InterestBlock {
  let left = block
  const first = block.sequence[0] ?? next
  for (const command of forgotten.all()) {
    const { appliedAt, forget } = command
    if (appliedAt === null || appliedAt > first || forget.upTo! < first) continue
    left = withoutUser(left, id => forgotten.isOf(command, id), forget.upTo!)?.block ?? left
  }
  return left
}
