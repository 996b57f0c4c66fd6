import { beforeAll, describe } from 'vitest'
import { createDqn } from '../../src/agents/dqn/agent.ts'
import { type DqnOptions, defaultDqn } from '../../src/agents/dqn/options.ts'
import { type Backend, openBackend } from '../../src/nn/backend.ts'
import { planningAgentContract } from '../contracts/planning-agent.ts'
import { brokenReturns, failuresOfReturns } from './tiny/broken-returns.ts'
import { tinySuite } from './tiny/suite.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small: DqnOptions = {
  ...{ ...defaultDqn, hidden: 8, state: 16, gamma: 0.8, steps: 1, exclude: 0 },
  ...{ batch: 32, memory: 2000, warmUp: 200, rate: 2e-3, targetRate: 0.1 },
  epsilon: { from: 1, to: 0.2, steps: 1000 },
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

tinySuite({
  create(catalogue, broken) {
    const { options: changed, rule } = brokenReturns(broken)
    return createDqn(backend.tf, catalogue, { seed: 1, options: { ...small, ...changed }, ...(rule && { rule }) })
  },
  steps: () => 2000,
  every: 5,
  breaks: failuresOfReturns,
})
