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

/** The numbers of a served score. */
export const servedMetrics = ['hr5', 'hr10', 'hr20', 'ndcg10', 'mrr20', 'recall10', 'coverage'] as const

/** How good the published lists of an arm were, each target event held against the list that stood for its user. */
export interface ServedScore extends Record<(typeof servedMetrics)[number], number> {
  arm: string
  /** Over all that came; or over the last day of event time, and the last 10,000 target events of it at most. */
  span: 'all' | 'recent'
  /** Target events. */
  events: number
}

/**
 * A served score as scores of one number each, as the warehouse has them: the arm in the policy's place.
 *
 *     listScores(served)   // [{ policy: 'all', metric: 'served.hr5', value: 0.2, events: 940 }, …]
 */
export function listScores(served: ServedScore): Score[] {
  const { arm: policy, span, events } = served
  const prefix = span === 'all' ? 'served' : 'recent'
  return servedMetrics.map(metric => ({ policy, metric: `${prefix}.${metric}`, value: served[metric], events }))
}

/** What `listScores` made of served scores; other scores are left out. */
export function servedScoresOf(scores: readonly Score[]): ServedScore[] {
  const found = new Map<string, Partial<ServedScore> & Pick<ServedScore, 'arm' | 'span' | 'events'>>()
  for (const { policy: arm, metric, value, events } of scores) {
    const [prefix, name] = metric.split('.')
    const known = servedMetrics.find(each => each === name)
    if (known === undefined || (prefix !== 'served' && prefix !== 'recent')) continue
    const key = `${prefix}.${arm}`
    const score = found.get(key) ?? { arm, span: prefix === 'served' ? 'all' : 'recent', events }
    found.set(key, { ...score, [known]: value })
  }
  return [...found.values()].map(score => ({ ...none, ...score }))
}

const none = { hr5: 0, hr10: 0, hr20: 0, ndcg10: 0, mrr20: 0, recall10: 0, coverage: 0 }
