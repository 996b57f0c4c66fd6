import type { LogRecord, OutgoingRecord, Position } from '../../../log/log.ts'
import type { InterestBlock } from '../../../records/interest-block.ts'

/** A block of interest sequences that was read, with the learner's numbers of rows and changes. */
export interface BlockRead {
  /** The record in which it stands. */
  record: LogRecord
  /** Decoded at each call; null where none of ours wrote it, or it cannot be read. */
  block(): InterestBlock | null
  /** Where ingest had read the commands topic to when it made the block; null where it does not say. */
  mergesRead: number | null
  /** Where a checkpoint goes on that is written before this is learned from. */
  offset: number
}

/** At most so many are read at once. */
export const mostAtOnce = 16

/**
 * Blocks in the one order in which learners take them.
 *
 *     const blocks = await openBlocks(log, { topics, parts, checkpoint, onLost })
 *     for (const each of await blocks.read(100)) learn(each.block())
 *     blocks.offset   // all of these being learned from, a checkpoint goes on here
 *
 * Whoever follows reads what the leader has recorded; `lead` says that this one decides from now on.
 */
export interface Blocks {
  /** Parts of ingest that they come from. */
  readonly parts: number
  /** The learner's row with which a part's row is learned from, or a later one; null while that is not decided. */
  rowOf(part: number, row: number): number | null
  /** What is there, in order; waits up to `waitMs` for the first, then returns an empty array. */
  read(waitMs: number): Promise<BlockRead[]>
  /** Whether `read` has delivered all that was there at this call. */
  caughtUp(): Promise<boolean>
  /** Whether there is a block that whoever leads has not decided on, and that `read` therefore does not deliver. */
  isUndecided(): Promise<boolean>
  /** Where a checkpoint goes on, all that was delivered being learned from. */
  readonly offset: number
  /** How far each partition is learned from, where of what was delivered only these are not. */
  positions(left: readonly BlockRead[]): Position[]
  /** From now on the order is this one's to decide, behind what was recorded. */
  lead(leader: Leading): void
  close(): Promise<void>
}

export interface Leading {
  /** Put a record on the block-order topic, which nobody else can any more. */
  record(record: OutgoingRecord): Promise<void>
  /** The newest row of which anything is published. */
  published: number
}
