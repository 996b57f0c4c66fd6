import { blockColumns, emptyBlock, onlyUsed, shortColumns, tracesOf } from './block-parts.ts'
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

/** These sequences of a block (indexes, rising), with the strings that they need and all of its changes. */
function picked(block: InterestBlock, kept: readonly number[]): InterestBlock {
  const own = emptyBlock()
  const starts: number[] = []
  for (let k = 0, at = 0; k < block.shortCount.length; at += block.shortCount[k++]!) starts.push(at)
  for (const name of blockColumns) own[name] = kept.map(k => block[name][k]!)
  for (const name of shortColumns) {
    own[name] = kept.flatMap(k => block[name].slice(starts[k]!, starts[k]! + block.shortCount[k]!))
  }
  own.users = onlyUsed(block.users, own.user)
  own.items = onlyUsed(block.items, own.item, own.shortItem)
  own.behaviours = onlyUsed(block.behaviours, own.behaviour)
  // A change stands before the first sequence that is left behind it.
  own.changes = block.changes.map(change => {
    const place = kept.findIndex(k => k >= change.before)
    return { ...change, before: place < 0 ? kept.length : place }
  })
  own.traces = tracesOf(own, block.traces)
  return own
}
