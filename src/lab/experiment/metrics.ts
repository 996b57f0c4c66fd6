import { count } from '../../records/words.ts'

/** How a metric is called in tables and which way is better. */
export interface Metric {
  title: string
  higherIsBetter: boolean
  digits: number
}

const score = (title: string, higherIsBetter: boolean): Metric => ({ title, higherIsBetter, digits: 4 })

/** Known metrics in the order of columns; a table is sorted by the first that it has. */
export const metrics: Readonly<Record<string, Metric>> = {
  rewardPerUserDay: { title: 'Reward per user-day', higherIsBetter: true, digits: 1 },
  rmse: score('RMSE', false),
  auc: score('AUC', true),
  ndcg10: score('NDCG@10', true),
  hr10: score('HR@10', true),
  mae: score('MAE', false),
  logLoss: score('Log loss', false),
  rmse01: score('RMSE on [0, 1]', false),
  mae01: score('MAE on [0, 1]', false),
  aveReward: score('Ave_Reward', true),
  hr5: score('HR@5', true),
  hr20: score('HR@20', true),
  mrr20: score('MRR@20', true),
  recall10: score('Recall@10', true),
  hr10Next: score('HR@10, next event', true),
  mrr20Next: score('MRR@20, next event', true),
  coverage: { title: 'Coverage', higherIsBetter: true, digits: 3 },
  firsts: { title: 'First items', higherIsBetter: true, digits: 0 },
  forbidden: { title: 'Forbidden', higherIsBetter: false, digits: 0 },
  lists: { title: 'Lists', higherIsBetter: true, digits: 0 },
  events: { title: 'Targets', higherIsBetter: true, digits: 0 },
  sessionLength: { title: 'Items a session', higherIsBetter: true, digits: 1 },
  sessionsPerDay: { title: 'Sessions a day', higherIsBetter: true, digits: 2 },
  effectiveGenres: { title: 'Effective genres', higherIsBetter: true, digits: 1 },
  likesPerUserDay: { title: 'Likes a day', higherIsBetter: true, digits: 1 },
  returnRate: { title: 'Back within a day', higherIsBetter: true, digits: 3 },
  standardError: { title: 'Standard error', higherIsBetter: false, digits: 1 },
  regret: { title: 'Regret', higherIsBetter: false, digits: 1 },
  stepsPerSecond: { title: 'Steps/s', higherIsBetter: true, digits: 0 },
  evenEventsPerSecond: { title: 'Events/s if nobody waited', higherIsBetter: true, digits: 0 },
  exchangeShare: { title: 'Exchanging', higherIsBetter: false, digits: 3 },
  bytesPerEvent: { title: 'Bytes/event', higherIsBetter: false, digits: 0 },
  eventsPerSecond: { title: 'Events/s', higherIsBetter: true, digits: 0 },
}

/** A metric by name; one that is not listed stands under its own name, higher being better. */
export function metricOf(name: string): Metric {
  return metrics[name] ?? score(name, true)
}

/** Names in the order of columns: the listed ones first, others as they come. */
export function inOrder(names: Iterable<string>): string[] {
  const given = new Set(names)
  const listed = Object.keys(metrics).filter(name => given.has(name))
  return [...listed, ...[...given].filter(name => !(name in metrics))]
}

/**
 * A value as it stands in a table.
 *
 *     shown('rmse', 0.91234)   // '0.9123'
 *     shown('eventsPerSecond', 41_200.4)   // '41,200'
 */
export function shown(name: string, value: number): string {
  const { digits } = metricOf(name)
  return digits === 0 ? count(value) : value.toFixed(digits)
}
