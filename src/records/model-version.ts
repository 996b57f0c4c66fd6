/** What the learner says of itself at a fixed position of its training clock. */
export interface ModelVersion {
  learner: string
  /** How many sequences it has learned from; so the same in every replay, and rising. */
  version: number
  /** The last of them. */
  sequence: number
  sequences: number
  /** Training steps so far. */
  step: number
  weightsSha256: string
  /** The policy that is served. */
  champion: string
  scores: Score[]
}

/** A prequential score: every event is predicted before it is learned from. */
export interface Score {
  policy: string
  /** "rmse", "mae" (on the source's own scale), "auc", "logLoss". */
  metric: string
  value: number
  /** How many events it covers. */
  events: number
}
