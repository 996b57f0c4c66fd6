import type { InterestBlock } from '../records/interest-block.ts'
import type { ChangeRow, DeadLetter, EnrichedEvent, ItemRow, RecentIds, UserRow } from '../records/warehouse.ts'

/** What one batch comes to: the rows of one transaction and the blocks to publish after it. */
export interface StageOutput {
  events: EnrichedEvent[]
  deadLetters: DeadLetter[]
  users: UserRow[]
  items: ItemRow[]
  changes: ChangeRow[]
  blocks: InterestBlock[]
}

/** A batch of which nothing came. */
export const nothing: StageOutput = { events: [], deadLetters: [], users: [], items: [], changes: [], blocks: [] }

/** Where the stages left off; row numbers and the duplicate filter come from the warehouse. */
export interface StagePosition {
  sequence: number
  deadLetter: number
  recent?: RecentIds
  /** Of the duplicate filter: the pipeline's own secret, 16 hexadecimal digits. */
  key: string
  /** The newest change that is kept or published. */
  change?: number
  /** Sequences up to this row number are on the topic already. */
  publishedSequence: number
  /** The same of changes; null where the topic has none, as before there were any. */
  publishedChange?: number | null
}
