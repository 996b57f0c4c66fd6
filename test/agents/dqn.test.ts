import { beforeAll, describe } from 'vitest'
import { createDqn } from '../../src/agents/dqn/agent.ts'
import { type DqnOptions, defaultDqn } from '../../src/agents/dqn/options.ts'
import { returnsOf } from '../../src/agents/interest/transitions.ts'
import { type Backend, openBackend } from '../../src/model/backend.ts'
import { planningAgentContract } from '../contracts/planning-agent.ts'
import { bandit, corridor, delayedReward, timeAway } from './tiny/problems.ts'
import { tinySuite } from './tiny/suite.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small: DqnOptions = {
  ...{ ...defaultDqn, hidden: 8, state: 16, gamma: 0.8, steps: 1, barred: 0 },
  ...{ batch: 32, memory: 2000, warmUp: 200, rate: 2e-3, targetRate: 0.1 },
  epsilon: { from: 1, to: 0.2, steps: 2500 },
}

describe.each<[string, Partial<DqnOptions>]>([
  ['as it is', { steps: 3 }],
  ['prioritised, with a target copied by period', { priority: 0.6, targetRate: 0, targetPeriod: 20, double: false }],
])('a planning agent, %s', (_, changed) => {
  planningAgentContract({
    create: (seed, catalogue) => createDqn(backend.tf, catalogue, { seed, options: { ...small, ...changed } }),
    tensors: () => backend.tf.memory().numTensors,
    events: 400,
    probed: 1000,
  })
})

/** Rewards taken for costs. */
const negated: typeof returnsOf = (...given) => {
  const { returns, ...rest } = returnsOf(...given)
  return { ...rest, returns: returns.map(each => -each) }
}

const breaks: Record<string, { options?: Partial<DqnOptions>; rule?: typeof returnsOf }> = {
  'without a future': { options: { gamma: 0 } },
  'with rewards taken for costs': { rule: negated },
  'with a time away that costs nothing': { options: { awayDays: 1e9 } },
}

tinySuite({
  create: (catalogue, broken) => {
    const { options: changed, rule } = (broken === undefined ? undefined : breaks[broken]) ?? {}
    return createDqn(backend.tf, catalogue, { seed: 1, options: { ...small, ...changed }, ...(rule && { rule }) })
  },
  steps: 5000,
  every: 5,
  breaks: {
    'without a future': [corridor, delayedReward],
    'with rewards taken for costs': [bandit],
    'with a time away that costs nothing': [timeAway],
  },
})
