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
  /** How good the lists were that were published so far; none from before there were such scores. */
  served: ServedScore[]
  /** Of each arm whose agent ranks by an index the weights that it has learned; none from before these were told. */
  index: ArmIndex[]
}

/** The index of an arm's agent: what a feature of an item counts, on average over whom it is for. */
export interface ArmIndex {
  arm: string
  /** False while the rating alone serves, since the learned weights were surely worse. */
  serves: boolean
  weights: { feature: string; weight: number }[]
}

/** A prequential score: every event is predicted before it is learned from. */
export interface Score {
  policy: string
  /** "rmse", "mae" (on the source's own scale), "auc", "logLoss", "aucRepeats", "logLossRepeats"; of ddpg-la-residual also "added", by how much its AUC or RMSE is better than that of what it corrects, and "addedLow" and "addedHigh", the 95% interval over users. */
  metric: string
  value: number
  /** How many events it covers. */
  events: number
}

/** The numbers of a served score. */
export const servedMetrics = ['hr5', 'hr10', 'hr20', 'ndcg10', 'mrr20', 'recall10', 'coverage'] as const
export type ServedMetrics = Record<(typeof servedMetrics)[number], number>

/** How good the published lists of an arm were, each target event held against the list that stood for its user. */
export interface ServedScore extends ServedMetrics {
  arm: string
  /** Over all that came; or over the last day of event time, and the last 10,000 target events of it at most. */
  span: 'all' | 'recent'
  /** Target events. */
  events: number
}
