/** What the learner says of itself at a fixed position of its training clock. */
export interface ModelVersion {
  learner: string
  /** Rises by one with every version. */
  version: number
  /** The last sequence that it has seen, and how many it has seen. */
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
