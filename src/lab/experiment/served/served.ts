import type { Experiment } from '../experiment.ts'
import { baselineTrial } from './baseline-trial.ts'
import { servedBaselines } from './baselines/registry.ts'
import { servedTrial } from './learner-trial.ts'

/**
 * The very lists that a pipeline would publish, judged on what their users go for next, beside baselines on the same events.
 *
 *     npx recstream experiment served --pipeline ecommerce --source UserBehavior.csv
 *
 * Every event in order of time is held against the list that stands for its user, then learned from; a list is made where
 * the pipeline's settings make one due, twenty items long. All policies may show what the definition allows, no more.
 */
export const served: Experiment = {
  name: 'served',
  summary: 'judge the very lists that would be published on what their users go for next',
  pipeline: 'ecommerce',
  columns: ['hr10', 'mrr20', 'hr20', 'ndcg10', 'hr10Next', 'mrr20Next', 'coverage', 'firsts', 'forbidden', 'events'],
  trials: ({ seeds }) => [
    ...Object.entries(servedBaselines).map(([name, make]) => baselineTrial(name, make)),
    ...seeds.map(servedTrial),
  ],
}
