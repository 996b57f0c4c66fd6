import { describe } from 'vitest'
import type { QLearningOptions } from '../../src/agents/q-learning/options.ts'
import { createQLearning, type QUpdate, qUpdate } from '../../src/agents/q-learning.ts'
import { planningAgentContract } from '../contracts/planning-agent.ts'
import { bandit, contextualBandit, corridor, delayedReward, timeAway } from './tiny/problems.ts'
import { tinySuite } from './tiny/suite.ts'

describe('a planning agent', () => {
  planningAgentContract({
    create: (seed, catalogue) =>
      createQLearning({ catalogue, seed, options: { epsilon: { from: 1, to: 0.1, steps: 1000 } } }),
    tensors: () => 0,
    events: 800,
  })
})

const options: Partial<QLearningOptions> = { gamma: 0.9, userClusters: 2, epsilon: { from: 1, to: 0.2, steps: 6000 } }
const breaks: Record<string, { options?: Partial<QLearningOptions>; update?: QUpdate }> = {
  'without a future': { options: { gamma: 0 } },
  'without the reward': { update: (value, outcome, step) => qUpdate(value, { ...outcome, reward: 0 }, step) },
  'with a step the wrong way': { update: (value, outcome, step) => qUpdate(value, outcome, -step) },
  'with a time away that costs nothing': { options: { awayDays: 1e9 } },
}

tinySuite({
  create: (catalogue, broken) => {
    const { options: changed, update } = (broken === undefined ? undefined : breaks[broken]) ?? {}
    return createQLearning({ catalogue, seed: 1, options: { ...options, ...changed }, ...(update && { update }) })
  },
  steps: () => 16_000,
  every: 8,
  breaks: {
    'without a future': [corridor, delayedReward, timeAway],
    'without the reward': [bandit, contextualBandit],
    'with a step the wrong way': [bandit, corridor, delayedReward],
    'with a time away that costs nothing': [timeAway],
  },
})
