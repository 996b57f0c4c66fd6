import type { BehaviourEvent, SourceItem } from '../../records/definition.ts'

/** An item as it was from a time on, or that it was gone. */
export interface CatalogueChange extends Omit<SourceItem, 'time' | 'deleted'> {
  time: number
  deleted: boolean
  /** JSON array of tokens. */
  features: string
}

/**
 * The events of a source in columns, in order of (time, row), with users and items as dense slots in order of id text as
 * read; what every offline experiment reads.
 */
export interface Ratings {
  readonly length: number
  readonly user: Int32Array
  readonly item: Int32Array
  /** Reward in [0, 1], by the pipeline's own function. */
  readonly reward: Float64Array
  /** Event time, ms. */
  readonly time: Float64Array
  readonly userIds: readonly string[]
  readonly itemIds: readonly string[]
  /** Feature tokens by slot as the join stage makes them; empty where there is no profile or item record. */
  readonly userTokens: readonly (readonly string[])[]
  readonly itemTokens: readonly (readonly string[])[]
  /** JSON objects of texts by user; '' where there is no profile. */
  readonly userAttributes?: readonly string[]
  /** What became known of items, in order of time, first what was known before the first event (time −Infinity). */
  readonly catalogue: readonly CatalogueChange[]
  /** The whole event, for what the columns leave out. */
  event(row: number): BehaviourEvent
}
