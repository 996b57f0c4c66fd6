import { type Score, type ServedMetrics, type ServedScore, servedMetrics } from './model-version.ts'

/** The served scores of an arm: over all time, and `recent`. */
export interface ArmScores extends ServedMetrics {
  events: number
  recent: ServedMetrics & { events: number }
}

/**
 * Served scores by arm, as machines get them.
 *
 *     armScores(served)   // { all: { hr5: 0.2, …, events: 940, recent: { hr5: 0.25, …, events: 120 } } }
 */
export function armScores(served: readonly ServedScore[], round = (value: number) => value): Record<string, ArmScores> {
  const numbers = (of: ServedScore) => ({
    ...(Object.fromEntries(servedMetrics.map(metric => [metric, round(of[metric])])) as ServedMetrics),
    events: of.events,
  })
  const recent = new Map(served.filter(({ span }) => span === 'recent').map(score => [score.arm, score]))
  return Object.fromEntries(
    served
      .filter(({ span }) => span === 'all')
      .map(score => [
        score.arm,
        { ...numbers(score), recent: numbers(recent.get(score.arm) ?? { ...score, ...none, events: 0 }) },
      ]),
  )
}

/**
 * A served score as scores of one number each, as the warehouse has them: the arm in the policy's place.
 *
 *     listScores(served)   // [{ policy: 'all', metric: 'served.hr5', value: 0.2, events: 940 }, …]
 */
export function listScores(served: ServedScore): Score[] {
  const { arm: policy, span, events } = served
  const prefix = prefixes[span]
  return servedMetrics.map(metric => ({ policy, metric: `${prefix}.${metric}`, value: served[metric], events }))
}

/** Scores as the warehouse has them, those of lists apart: what `listScores` made of them is undone. */
export function servedApart(scores: readonly Score[]): { scores: Score[]; served: ServedScore[] } {
  const others: Score[] = []
  const found = new Map<string, ServedScore>()
  for (const score of scores) {
    const [prefix, name] = score.metric.split('.')
    const span = prefix === prefixes.all ? 'all' : prefix === prefixes.recent ? 'recent' : undefined
    const metric = servedMetrics.find(each => each === name)
    if (span === undefined || metric === undefined) {
      others.push(score)
      continue
    }
    const key = `${prefix}.${score.policy}`
    const known = found.get(key) ?? { arm: score.policy, span, events: score.events, ...none }
    found.set(key, { ...known, [metric]: score.value })
  }
  return { scores: others, served: [...found.values()] }
}

const prefixes = { all: 'served', recent: 'recent' } as const
const none: ServedMetrics = { hr5: 0, hr10: 0, hr20: 0, ndcg10: 0, mrr20: 0, recall10: 0, coverage: 0 }
