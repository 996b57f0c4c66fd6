import { picked } from './block-parts.ts'
import type { InterestBlock } from './interest-block.ts'

/**
 * A block without somebody's sequences up to a row, and without what it tells of them; how many of both that were. Null where it
 * holds nothing of them.
 */
export function withoutUser(
  block: InterestBlock,
  isTheirs: (id: string) => boolean,
  upTo: number,
): { block: InterestBlock; removed: number } | null {
  const theirs = block.users.map(({ id }) => isTheirs(id))
  const isKept = (k: number) => !theirs[block.user[k]!] || block.sequence[k]! > upTo
  const kept = block.sequence.map((_, k) => k).filter(isKept)
  const changes = block.changes.filter(change => {
    if (change.kind === 'item' || !isTheirs(change.id)) return true
    return (block.sequence[change.before] ?? (block.sequence.at(-1) ?? 0) + 1) > upTo
  })
  const removed = block.sequence.length - kept.length + block.changes.length - changes.length
  return removed === 0 ? null : { block: picked({ ...block, changes }, kept), removed }
}
