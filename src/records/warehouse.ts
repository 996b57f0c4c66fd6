import type { Position } from '../log/log.ts'
import type { Beginning } from './beginning.ts'
import type { BlockTaken } from './block-order.ts'
import type { Command } from './command.ts'
import type { Headers } from './header-text.ts'
import type { ItemChange, UserChange } from './interest-block.ts'
import type { ModelVersion } from './model-version.ts'
import type { Recommendation } from './recommendation.ts'
import type { Trace } from './trace.ts'

/**
 * The warehouse: all state of ingest, in one DuckDB file that one process owns.
 *
 * A batch is one transaction. The tables are the outbox: what is still to be published is every row after the last one
 * that the output topic holds.
 */
export interface Warehouse {
  /** Write a batch: rows and positions together or not at all. Batches commit in the order of the calls. */
  commit(batch: WarehouseBatch): Promise<void>
  /** The next offset of every partition that was ever read. */
  positions(): Promise<Position[]>
  /** Row numbers of the newest event and dead letter, and the newest change (0 when there is none). */
  newest(): Promise<NewestRows>
  /** Kept events after a row number, in order, at most `limit`. */
  events(after: number, limit: number): Promise<EnrichedEvent[]>
  deadLetters(after: number, limit: number): Promise<DeadLetter[]>
  /** Where what is known from the beginning ends on the topics of profiles and items; none where nothing is. */
  beginnings(): Promise<Beginning[]>
  /** Changes that are kept and not published, in order. */
  changes(published: Published): AsyncIterable<ChangeRow[]>
  /** Window state of every user, or of the named users, as of a row number, most recently active users last. */
  windows(options: WindowQuery): AsyncIterable<UserWindow[]>
  /** Event ids and fingerprints' columns of the newest two duplicate generations, in row order, and the newest event time. */
  recentIds(): Promise<RecentIds>
  /** All users, or those named; deleted ones are left out. */
  users(ids?: readonly string[]): AsyncIterable<UserRow[]>
  items(ids?: readonly string[]): AsyncIterable<ItemRow[]>
  /** What came in over all runs: events kept, dead letters of a topic by reason, lists landed. */
  totals(topic: string): Promise<{ events: number; rejected: Record<string, number>; recommendations: number }>
  /** How many events, but archived ones, found no item and no profile. */
  unjoined(): Promise<Unjoined>
  /** Whether the rows came from the topics of these ids; they do once they are asked for the first time. */
  isOf(topics: ReadonlyMap<string, string>): Promise<boolean>
  /** A consistent read-only copy of the file for people's SQL; reused while nothing was committed since. Its path. */
  snapshot(): Promise<string>
  /** Move events older than this to Parquet under the data folder; never what recovery needs. Returns rows moved. */
  retire(olderThan: number, publishedUpTo: number): Promise<number>
  /** Every id of a user that stands anywhere, the archive too. */
  userIds(): AsyncIterable<string[]>
  /** Delete all that is held of somebody up to a row, or only count it; how many rows, by table. To be done again after a crash. */
  forget(person: PersonRows, what?: 'delete' | 'count'): Promise<Record<string, number>>
  /** Write the file anew, so that nothing of what was deleted stands in it, and drop every copy of the old one. */
  renew(): Promise<void>
  close(): Promise<void>
}

/** What the warehouse holds of somebody. */
export interface PersonRows {
  userIds: readonly string[]
  /** Numbers of dead letters that hold something of them. */
  deadLetters: readonly number[]
  /** The newest row that may be theirs. */
  upTo: number
  /** The same of lists, by the learner's rows, where these have other numbers; default: `upTo`. */
  listsUpTo?: number
  /** Whoever deletes for a command for the first time deletes the profile, too: no newer one can have come. */
  commandId: string
  /** Commands that name them stand before this offset of the commands topic. */
  commandsBefore: number
  /** All commands go: they are read again from their topic. */
  everyCommand?: boolean
}

export interface WarehouseBatch {
  events: EnrichedEvent[]
  deadLetters: DeadLetter[]
  users: UserRow[]
  items: ItemRow[]
  recommendations: Recommendation[]
  versions: ModelVersion[]
  commands: LandedCommand[]
  positions: Position[]
  changes: ChangeRow[]
  /** Of several parts: blocks that the learner took, in its order; in the tables of part 0 alone. */
  order?: readonly BlockTaken[]
  /** Written once: where what is known from the beginning ends. */
  beginnings?: readonly Beginning[]
  /** What is published: changes up to here need not be kept. */
  published?: Published
}

/** Events, and those of them that found no item and no profile. */
export interface Unjoined {
  events: number
  items: number
  profiles: number
}

export interface NewestRows {
  sequence: number
  deadLetter: number
  change: number
  recommendationSequence: number
  version: number
}

/** How far the topic of interest sequences reaches: the newest row and the newest change on it. */
export interface Published {
  sequence: number
  change: number
}

/**
 * What became known before a row, kept until it is published: a change, or what has no number: the attributes with which the
 * row's user stands in its block, and the trace of its event.
 */
export type ChangeRow = { sequence: number } & (Unplaced<ItemChange | UserChange> | AttributesTold | TraceTold)

export interface AttributesTold {
  kind: 'attributes'
  number: null
  /** The user. */
  id: string
  attributes: string
}

export interface TraceTold extends Trace {
  kind: 'trace'
  number: null
  /** The user. */
  id: string
}

type Unplaced<T> = T extends unknown ? Omit<T, 'before'> : never

/** A kept event with what was joined to it. Features are JSON arrays of tokens. */
export interface EnrichedEvent {
  /** Row number in this shard, from 1, without holes. */
  sequence: number
  partition: number
  offset: number
  eventId: string | null
  userId: string
  itemId: string
  behaviour: string
  time: number
  value: number | null
  /** JSON object of numbers, or null when there are none. */
  properties: string | null
  recommendationId: string | null
  reward: number
  /** The event says that the user liked the item. */
  liked: boolean
  late: boolean
  userKnown: boolean
  itemKnown: boolean
  userFeatures: string
  itemFeatures: string
  /** The user's records so far, this one included. */
  count: number
  /** Duplicate-filter generation in which its id was remembered. */
  generation: number
}

/** A command with its offset on the topic. */
export interface LandedCommand extends Command {
  offset: number
}

export interface DeadLetter {
  /** Row number among the shard's dead letters, from 1, without holes. */
  number: number
  topic: string
  partition: number
  offset: number
  timestamp: number
  /** One of the reasons in reasons.ts. */
  reason: string
  message: string
  key: Buffer | null
  value: Buffer | null
  headers: Headers
  /** Row number of the kept event that it came after; on the topic, not in the table. */
  after?: number
}

export interface UserRow {
  userId: string
  /** JSON array of tokens. */
  features: string
  attributes: string
  /** Record timestamp and offset of the profile. */
  timestamp: number
  offset: number
  /** A tombstone came: the profile is gone. */
  deleted: boolean
}

export interface ItemRow {
  itemId: string
  title: string | null
  features: string
  attributes: string
  timestamp: number
  offset: number
  deleted: boolean
}

export interface WindowQuery {
  /** Only rows up to and including this row number count. */
  upTo: number
  shortLength: number
  botWindowMs: number
  userIds?: readonly string[]
}

export interface UserWindow {
  userId: string
  count: number
  /** Newest event time, ms. */
  lastTime: number
  /** Newest bot window (floor(time / botWindowMs)) and the user's rows in it. */
  botBucket: number
  botCount: number
  /** The last `shortLength` records by (time, row number), oldest first. */
  items: string[]
  times: number[]
  rewards: number[]
}

export interface RecentIds {
  generation: number
  newestTime: number
  rows: Pick<EnrichedEvent, 'generation' | 'eventId' | 'userId' | 'itemId' | 'behaviour' | 'time' | 'value'>[]
}
