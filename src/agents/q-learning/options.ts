import type { Decay } from '../draw.ts'
import { type AgentOption, decayOptions, logarithmic, numeric, whole } from '../options.ts'

/** What can be set of tabular Q-learning. */
export interface QLearningOptions {
  /** Actions: groups of items that are alike. */
  itemClusters: number
  /** Groups of users that are alike, a part of the state. */
  userClusters: number
  /** Discount per item shown. */
  gamma: number
  /** Days away after which what follows is worth 1/e. */
  awayDays: number
  /** Share of clusters at random, by events observed. */
  epsilon: Decay
  /** The step size is max(leastStep, 1/n^stepDecay) at the n-th update of a pair of state and action. */
  leastStep: number
  stepDecay: number
  /** What a pair of state and action is worth before anything was learned of it; rewards are in [0, 1]. */
  firstValue: number
  /** Inside a cluster the best item is the one with the highest taste · vector + popularityWeight · popularity. */
  popularityWeight: number
  /** Events between two times clusters are worked out; see `createClusters`. */
  reclusterEvery: number
}

export const defaultQLearning: QLearningOptions = {
  itemClusters: 6,
  userClusters: 2,
  gamma: 0.99,
  awayDays: 1,
  epsilon: { from: 1, to: 0.05, steps: 20_000 },
  leastStep: 0.02,
  stepDecay: 0.6,
  firstValue: 0,
  popularityWeight: 0.01,
  reclusterEvery: 20_000,
}

export const qLearningSpace: readonly AgentOption[] = [
  whole('itemClusters', 1, 256, 'groups of items that are alike: the actions'),
  whole('userClusters', 1, 64, 'groups of users that are alike, a part of the state'),
  numeric('gamma', 0, 0.9999, 'discount per item shown'),
  logarithmic('awayDays', 0.01, 1000, 'days away after which what follows is worth 1/e'),
  ...decayOptions('epsilon', 0, 1, 'share of clusters at random'),
  logarithmic('leastStep', 1e-4, 1, 'step size after many updates'),
  numeric('stepDecay', 0.5, 1, 'how fast the step size falls with the number of updates'),
  numeric('firstValue', 0, 1, 'value of what was never tried'),
  numeric('popularityWeight', 0, 10, 'weight of popularity beside taste inside a cluster'),
  whole('reclusterEvery', 1, 1_000_000_000, 'events between two times clusters are worked out'),
]
