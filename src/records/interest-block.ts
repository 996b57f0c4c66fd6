import type { Trace } from './trace.ts'

/**
 * Interest sequences as they travel from window to train: a block of them in columns, n sequences long.
 *
 * A sequence is one kept event together with the short window that stood before it, the user's profile features and
 * the count of the user's records so far; the long interest is the learner's recurrent state, which needs only what is
 * new. Strings stand once, in the tables; columns hold indexes into them.
 */
export interface InterestBlock {
  /** Row number of each sequence in its shard, rising, with holes where somebody was forgotten; the source position that readers go by. */
  sequence: number[]
  partition: number[]
  offset: number[]
  /** Index into `users`, `items`, `behaviours`. */
  user: number[]
  item: number[]
  behaviour: number[]
  /** Event time, ms. */
  time: number[]
  /** Reward in [0, 1]. */
  reward: number[]
  /** 1 if the event says that the user liked the item. */
  like: number[]
  /** What the event says beside its reward, packed as `packSignals` does. */
  signals: number[]
  /** Row number of the sequence that gave rise to the list that the event answers; 0 if it says none. */
  answers: number[]
  /** 1 if the event is older than one of the user's that came before it. */
  late: number[]
  /** The user's records so far, this one included. */
  count: number[]
  /** Length of each sequence's short window, 0 … shortLength; its records follow in the three columns below, oldest first. */
  shortCount: number[]
  shortItem: number[]
  shortTime: number[]
  shortReward: number[]
  /**
   * Id and features (JSON array of tokens) as joined at that event; one user or item may stand here twice with different
   * features. An item that only a short window mentions stands with the empty string: go by what is known of it already.
   * So do the attributes (JSON object of texts) of a user whom the learner has and whose profile no change tells of.
   */
  users: { id: string; features: string; attributes: string }[]
  items: { id: string; features: string }[]
  behaviours: string[]
  /** What became known before sequences of the block, in order; a block may hold nothing else. */
  changes: Change[]
  /** Of sequences whose event came with one, the trace in which it stands; their lists go on with it, and nothing is learned from it. */
  traces: SequenceTrace[]
}

/** The trace of an event, by the row number of its sequence. */
export interface SequenceTrace extends Trace {
  sequence: number
}

/**
 * What became known before a sequence: that an item or a profile is there, changed or gone; in blocks of earlier versions, what a user brings back.
 *
 * `before` is the index of that sequence in its block, or its length: before what comes next. `number` rises from
 * change to change in a shard. A profile may be one of a user who has not acted yet.
 */
export type Change = ItemChange | UserChange | ExcludedChange

interface Place {
  before: number
  number: number
}

export interface ItemChange extends Place {
  kind: 'item'
  id: string
  title: string | null
  /** JSON array of tokens. */
  features: string
  /** JSON object of texts. */
  attributes: string
  tags: readonly string[]
  deleted: boolean
  /** Where it stands on its topic. */
  partition: number
  offset: number
}

export interface UserChange extends Place {
  kind: 'user'
  id: string
  features: string
  attributes: string
  deleted: boolean
  partition: number
  offset: number
}

/** Of versions whose learner forgot users: what may not be shown to one of them, who comes with the next sequence. Nothing tells of it any more. */
export interface ExcludedChange extends Place {
  kind: 'excluded'
  /** The user. */
  id: string
  items: readonly string[]
  /** Event time, ms, from which each may be shown again; Infinity: never. */
  until: readonly number[]
}
