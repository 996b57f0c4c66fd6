import {
  blockColumns as columns,
  emptyBlock,
  onlyUsed as only,
  shortColumns,
  tracesOf,
} from '../../records/block-parts.ts'
import type { Change, InterestBlock } from '../../records/interest-block.ts'

/**
 * A block as two, each with the strings that it needs; null where it can be no smaller.
 *
 * Changes go with the sequence that they come before. Where that is one sequence alone, they are halved instead: the first
 * half of them is a block without sequences.
 */
export function halvesOf(block: InterestBlock): [InterestBlock, InterestBlock] | null {
  const count = block.sequence.length
  const { changes } = block
  if (count < 2) {
    if (changes.length === 0 || count + changes.length < 2) return null
    const first = changes.slice(0, Math.ceil(changes.length / 2)).filter(({ before }) => before === 0)
    if (first.length === 0)
      return [
        { ...block, changes: [] },
        { ...emptyBlock(), changes: atOnce(changes) },
      ]
    return [
      { ...emptyBlock(), changes: first },
      { ...block, changes: changes.slice(first.length) },
    ]
  }
  const middle = count >> 1
  let short = 0
  for (let i = 0; i < middle; i++) short += block.shortCount[i]!
  return [part(block, 0, middle, 0, short), part(block, middle, count, short, block.shortItem.length)]
}

function part(block: InterestBlock, from: number, to: number, shortFrom: number, shortTo: number): InterestBlock {
  const own = emptyBlock()
  for (const name of columns) own[name] = block[name].slice(from, to)
  for (const name of shortColumns) own[name] = block[name].slice(shortFrom, shortTo)
  own.users = only(block.users, own.user)
  own.items = only(block.items, own.item, own.shortItem)
  own.behaviours = only(block.behaviours, own.behaviour)
  own.changes = block.changes.filter(({ before }) => before >= from && (before < to || to === block.sequence.length))
  own.changes = own.changes.map(change => ({ ...change, before: change.before - from }))
  own.traces = tracesOf(own, block.traces)
  return own
}

function atOnce(changes: readonly Change[]): Change[] {
  return changes.map(change => ({ ...change, before: 0 }))
}
