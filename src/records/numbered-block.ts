import type { BlockTaken } from './block-order.ts'
import { picked } from './block-parts.ts'
import type { Change, InterestBlock } from './interest-block.ts'

/**
 * Of a block the rows `from` < r ≤ `to` and the changes `changeFrom` < c ≤ `change` of its part, with the learner's numbers.
 *
 *     numberedBlock(block, { from: 5, to: 9, base: 7, changeFrom: 1, change: 1, changeBase: 2 }).sequence   // [13, 14, 15, 16]
 */
export function numberedBlock(
  block: InterestBlock,
  { from, to, base, changeFrom, change, changeBase }: Omit<BlockTaken, 'part' | 'offset'>,
): InterestBlock {
  const cut = cutTo(block, { from, to, changeFrom, change })
  return {
    ...cut,
    sequence: cut.sequence.map(row => base + row),
    changes: cut.changes.map(each => ({ ...each, number: changeBase + each.number })),
    traces: cut.traces.map(trace => ({ ...trace, sequence: base + trace.sequence })),
  }
}

/** How blocks are cut changes nothing that is learned: a block may have been published again, in other pieces. */
function cutTo(
  block: InterestBlock,
  { from, to, changeFrom, change }: Pick<BlockTaken, 'from' | 'to' | 'changeFrom' | 'change'>,
): InterestBlock {
  const isNewRow = (row: number) => row > from && row <= to
  const isNewChange = ({ number }: Change) => number > changeFrom && number <= change
  const changes = block.changes.every(isNewChange) ? block.changes : block.changes.filter(isNewChange)
  if (block.sequence.every(isNewRow)) return { ...block, changes }
  const kept = block.sequence.flatMap((row, k) => (isNewRow(row) ? [k] : []))
  return picked({ ...block, changes }, kept)
}
