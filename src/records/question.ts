import type { Recommendation, RecommendedItem } from './recommendation.ts'
import type { Trace } from './trace.ts'

/**
 * What a service asks a learner. It is answered from what the learner holds at that moment, and nothing that is learned
 * changes by it: the same question at the same place in the log has the same answer, whoever asks and however often.
 */
export type Question = ListQuestion | SessionQuestion | RankQuestion | ItemsQuestion | StandingQuestion

/** A list for a user; for one who is not known, a list as a newcomer gets it. */
export interface ListQuestion extends ListWishes {
  kind: 'list'
  userId: string
}

/** A list for somebody of whom nothing is known but these events, oldest first; their ids need not be known. */
export interface SessionQuestion extends ListWishes {
  kind: 'session'
  /** Under which id the list stands on the topic; empty: it does not. */
  userId: string
  events: SessionEvent[]
}

export interface SessionEvent {
  itemId: string
  behaviour: string
  /** As an event has it; null: none. */
  value: number | null
  /** Event time, ms. */
  time: number
}

/** How candidates that the asker has rank for a user: all of them, best first, without chance; those that are not known come last. */
export interface RankQuestion {
  kind: 'rank'
  userId: string
  itemIds: string[]
  context: Record<string, string>
  explain: boolean
  after: Reached | null
  /** Wall clock, ms. */
  now: number
}

/** Items for everybody: those like one, popular ones, new ones. */
export interface ItemsQuestion {
  kind: 'similar' | 'popular' | 'new'
  /** similar: to which. */
  itemId: string | null
  /** popular, new: of those that have this tag, or an attribute `category` of this value; null: of all. */
  category: string | null
  count: number
  filter: Filter | null
  now: number
}

export interface StandingQuestion {
  kind: 'standing'
  /** Say how far it is from there. */
  after?: Reached
}

/** How a list is to be. */
export interface ListWishes {
  /** Places, 1 to 100; null: as many as the pipeline's lists have. */
  count: number | null
  /** What surrounds the request: rules see it as `context`. */
  context: Record<string, string>
  /** Items must fit it, beside all rules. */
  filter: Filter | null
  /** Items that are not to be in it. */
  exclude: string[]
  /** What the user did keeps nothing out; what may not be shown to anybody is still left out. */
  includeSeen: boolean
  /** Where the list is shown; rules see it as `context.surface`. */
  surface: string | null
  /** Say why each item is there. */
  explain: boolean
  /** Wait until this is known, as long as the door is patient. */
  after: Reached | null
  /** The asker has the list of this id: only another one is sent. */
  unless: string | null
  now: number
  /** The trace of the request; the list's record goes on with it. */
  trace?: Trace
}

/** An expression (CEL) over `item`, `user`, `context`, `now` and `params`. */
export interface Filter {
  text: string
  params: Record<string, string | number | boolean>
}

/** An event's place in the input. */
export interface Reached {
  partition: number
  offset: number
}

/** How far ingest has come with its input: up to there every event is kept or rejected. */
export interface Decided {
  /** Row number of the last event that was kept by then. */
  sequence: number
  /** The next offset by partition. */
  positions: Reached[]
}

/** Where a learner stands. */
export interface Standing {
  /** Row number of the last event learned from. */
  position: number
  /** Time of the newest event that it knows of, ms; 0 before the first. */
  eventTime: number
  /** Version of the newest weights. */
  modelVersion: number
  champion: string
  users: number
  items: number
  /** How many records of its partition lie between what was to be known and what is; 0: it is known. */
  behind: number
}

export type Answer =
  | { kind: 'list'; list: Recommendation; explanations: unknown[] | null; standing: Standing }
  /** The list of the id that the asker has is still what would be sent. */
  | { kind: 'same'; recommendationId: string; standing: Standing }
  | { kind: 'ranked'; items: RankedItem[]; explanations: unknown[] | null; standing: Standing }
  | { kind: 'items'; items: FoundItem[]; standing: Standing }
  /** The item that was asked about is not known. */
  | { kind: 'unknown-item'; standing: Standing }
  /** The filter cannot be read, or asks for too much: a sentence for whoever wrote it. */
  | { kind: 'refused'; message: string; standing: Standing }
  | { kind: 'standing'; standing: Standing }

export interface RankedItem extends Pick<RecommendedItem, 'itemId' | 'reason'> {
  /** Expected reward in [0, 1]; null: the item is not known. */
  score: number | null
  /** Whether rules, exclusions and availability let it be shown to the user. */
  allowed: boolean
}

export interface FoundItem {
  itemId: string
  title: string | null
  /** In [0, 1]: how alike, or how popular beside the most popular one; new: from 1 for the newest down. */
  score: number
}
