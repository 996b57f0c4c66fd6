import { describe, expect, test } from 'vitest'
import { createQLearning, type QLearningOptions, type QUpdate, qUpdate } from '../../src/agents/q-learning.ts'
import { planningAgentContract } from '../contracts/planning-agent.ts'
import { examine, learn, type TinyProblem, tinyCatalogue } from './tiny/problem.ts'
import { bandit, contextualBandit, corridor, delayedReward, timeAway, tinyProblems } from './tiny/problems.ts'

const options: Partial<QLearningOptions> = { gamma: 0.9, userClusters: 2, epsilon: { from: 1, to: 0.1, steps: 4000 } }

describe('a planning agent', () => {
  planningAgentContract({
    create: (seed, catalogue) =>
      createQLearning({ catalogue, seed, options: { epsilon: { from: 1, to: 0.1, steps: 1000 } } }),
    tensors: () => 0,
    events: 800,
  })
})

/** What a step pays in the end to an agent that learned by this rule. */
function result(problem: TinyProblem, changed: Partial<QLearningOptions> = {}, update: QUpdate = qUpdate): number {
  const catalogue = tinyCatalogue(problem)
  const agent = createQLearning({ catalogue, seed: 1, options: { ...options, ...changed }, update })
  learn(agent, problem, 12_000)
  return examine(agent, problem)
}

describe('solves problems whose answer is known', () => {
  test.each(tinyProblems)('$name', problem => {
    expect(result(problem)).toBeGreaterThan(problem.solvedAt)
  })
})

describe('does not solve them when its update is broken', () => {
  test.each([corridor, delayedReward, timeAway])('$name without a future', problem => {
    expect(result(problem, { gamma: 0 })).toBeLessThan(problem.solvedAt)
  })

  test.each([bandit, contextualBandit])('$name without the reward', problem => {
    const rewardless: QUpdate = (value, outcome, step) => qUpdate(value, { ...outcome, reward: 0 }, step)
    expect(result(problem, {}, rewardless)).toBeLessThan(problem.solvedAt)
  })

  test.each(tinyProblems)('$name with a step the wrong way', problem => {
    expect(result(problem, {}, (value, outcome, step) => qUpdate(value, outcome, -step))).toBeLessThan(problem.solvedAt)
  })

  test('a time away that costs nothing drives users away', () => {
    expect(result(timeAway, { awayDays: 1e9 })).toBeLessThan(timeAway.solvedAt)
  })

  test('users who are all alike to it get one arm for all', () => {
    expect(result(contextualBandit, { userClusters: 1 })).toBeLessThan(contextualBandit.solvedAt)
  })
})
