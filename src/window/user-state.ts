/** What ingest remembers of one user; all of it can be restored from the events table. */
export interface UserState {
  /** Records so far. */
  count: number
  /** Newest event time, ms; -1 before the first. */
  lastTime: number
  /** Newest bot window and the user's kept events in it. */
  botBucket: number
  botCount: number
  /** The short window: the last records by event time, oldest first. */
  items: string[]
  times: number[]
  rewards: number[]
}

/** The state of a user who was never seen. */
export function newUser(): UserState {
  return { count: 0, lastTime: -1, botBucket: -1, botCount: 0, items: [], times: [], rewards: [] }
}
