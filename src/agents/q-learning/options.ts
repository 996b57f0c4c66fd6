import { defaultsOf, integer, number, type ValuesOf } from '../../settings/field.ts'
import { awayDays, discount, explorationOptions } from '../options.ts'

/** What can be set of tabular Q-learning. */
export const qLearningOptions = {
  gamma: discount(0.99, { search: [0.8, 0.9, 0.95, 0.98, 0.99] }),
  awayDays,
  epsilon: explorationOptions('share of clusters at random', { from: 1, to: 0.05, steps: 20_000 }),
  itemClusters: integer(6, [1, 256], 'clusters', 'groups of items that are alike: the actions', {
    ...{ log: true, search: { min: 6, max: 48 } },
  }),
  userClusters: integer(2, [1, 64], 'clusters', 'groups of users that are alike, a part of the state', {
    search: { min: 1, max: 8 },
  }),
  leastStep: number(
    0.02,
    [1e-4, 1],
    'a share',
    'the step size is max(leastStep, 1/n^stepDecay) at the n-th update of a pair of state and action',
    { log: true, search: { min: 0.005, max: 0.1 } },
  ),
  stepDecay: number(0.6, [0.5, 1], 'an exponent', 'how fast the step size falls with the number of updates', {
    search: { min: 0.5, max: 1 },
  }),
  firstValue: number(
    0,
    [0, 1],
    'a reward',
    'what a pair of state and action is worth before anything was learned of it',
  ),
  popularityWeight: number(
    0.01,
    [0, 10],
    'a weight',
    'weight of popularity beside taste · vector, by which the best item of a cluster is found',
    { search: { min: 0, max: 2 } },
  ),
  reclusterEvery: integer(20_000, [1, 1_000_000_000], 'events', 'events between two times clusters are worked out'),
}
export type QLearningOptions = ValuesOf<typeof qLearningOptions>
export const defaultQLearning: QLearningOptions = defaultsOf(qLearningOptions)
