import { blockOf } from '../../../codec/block.ts'
import type { LogRecord } from '../../../log/log.ts'
import { numberIn } from '../../../log/published.ts'
import { changeHeader, lastHeader } from '../../../records/block-headers.ts'
import type { BlockTaken } from '../../../records/block-order.ts'
import { mergesReadHeader } from '../../../records/command.ts'
import { numberedBlock } from '../../../records/numbered-block.ts'
import type { BlockRead } from './blocks.ts'

/** A row and a change of a part: all up to both. */
export interface Reach {
  row: number
  change: number
}

/** How far a record of a part reaches, by its own word; null where none of ours wrote it. */
export function reachOf(record: LogRecord): Reach | null {
  const row = numberIn(record, lastHeader)
  return row === null ? null : { row, change: numberIn(record, changeHeader) ?? 0 }
}

/** Whether all up to one is among all up to the other. */
export function isWithin(reach: Reach, other: Reach): boolean {
  return reach.row <= other.row && reach.change <= other.change
}

/** The further one of both, of rows and of changes. */
export function furthest(one: Reach, other: Reach): Reach {
  return { row: Math.max(one.row, other.row), change: Math.max(one.change, other.change) }
}

/** What of a record is taken, with the learner's numbers; null: nothing, since none of ours wrote it. */
export function readPiece(
  record: LogRecord,
  taken: Omit<BlockTaken, 'part' | 'offset'> | null,
  offset: number,
): BlockRead {
  return {
    record,
    block() {
      const block = taken === null ? null : blockOf(record)
      return block === null ? null : numberedBlock(block, taken!)
    },
    mergesRead: numberIn(record, mergesReadHeader),
    offset,
  }
}
