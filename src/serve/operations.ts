import type { Score, ServedScore } from '../records/model-version.ts'

/** What a service shows and does of a pipeline, beside lists and events. */
export interface Operations {
  /** Answer statements from the tables, all as of one event; an abort ends the one that runs. */
  sql(question: SqlQuestion, signal: AbortSignal): Promise<SqlAnswers>
  status(): Promise<Status>
  /** What each arm gets once a command is taken in; CONFIG_INVALID where it does not fit the arms. */
  sharesAfter(wanted: WantedOfArms): Promise<Readonly<Record<string, number>>>
  /** Dead letters that were sent again, or would be, by topic. */
  replay(replay: { reason?: string | undefined; send: boolean }): Promise<Readonly<Record<string, number>>>
}

export interface WantedOfArms {
  kind: 'shares' | 'promote' | 'roll-back'
  shares: Readonly<Record<string, number>>
  arm: string | null
}

export interface SqlQuestion {
  /** One statement or several. */
  query: string
  params: Readonly<Record<string, string>>
  /** As an Arrow stream, of one statement; else rows. */
  arrow: boolean
}

export interface SqlAnswers {
  answers: SqlAnswer[]
  /** The Arrow stream. */
  bytes: Buffer | null
  /** The newest event of the tables, by its number and its time, ms; null before any. */
  asOf: { sequence: number; time: number } | null
  /** How old the tables are, ms. */
  ageMs: number
}

export interface SqlAnswer {
  columns: { name: string; type: string }[]
  rows: unknown[][]
  count: number
  /** There are more. */
  truncated: boolean
}

/** How a pipeline is; null where who could tell does not run. */
export interface Status {
  pipeline: string
  log: string
  ingest: {
    /** Events read since it began, those that it kept since, and how many a second over the last few. */
    eventsRead: number
    perSecond: number
    /** Row number of the newest event, and of the newest that the learner can have. */
    sequence: number
    publishedSequence: number
  } | null
  tables: {
    eventsKept: number
    rejected: Readonly<Record<string, number>>
    recommendations: number
  } | null
  /** How far the input is read. */
  partitions: { topic: string; partition: number; end: number; next: number; lag: number }[] | null
  /** Parts of ingest whose numbers are not among these, of a pipeline of several: they run elsewhere, or not at all. */
  missingParts?: number[]
  arms: { name: string; policy: string; share: number }[]
  newest: { version: number; champion: string; step: number; scores: Score[]; served: ServedScore[] } | null
}
