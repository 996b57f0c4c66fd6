import { beforeAll, describe } from 'vitest'
import { createDdpgLa } from '../../../../src/agents/ddpg-la/planning/agent.ts'
import { type DdpgOptions, defaultDdpg } from '../../../../src/agents/ddpg-la/planning/options.ts'
import { type Backend, openBackend } from '../../../../src/nn/backend.ts'
import { planningAgentContract } from '../../../contracts/planning-agent.ts'
import { brokenReturns, failuresOfReturns } from '../../tiny/broken-returns.ts'
import { tinySuite } from '../../tiny/suite.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small: DdpgOptions = {
  ...{ ...defaultDdpg, hidden: 8, state: 16, gamma: 0.8, steps: 1, exclude: 0 },
  ...{ batch: 32, memory: 2000, warmUp: 200, targetRate: 0.05 },
  ...{ criticRate: 4e-3, actorRate: 2e-3, actorAfter: 200, spread: 0.3 },
  temperature: { from: 0.5, to: 0.1, steps: 2500 },
  epsilon: { from: 1, to: 0.2, steps: 2500 },
}

describe.each<[string, Partial<DdpgOptions>]>([
  ['as it is', { steps: 3 }],
  ['without twins', { twin: false }],
])('a planning agent, %s', (_, changed) => {
  planningAgentContract({
    create: (seed, catalogue) => createDdpgLa(backend.tf, catalogue, { seed, options: { ...small, ...changed } }),
    tensors: () => backend.tf.memory().numTensors,
    events: 400,
    probed: 1000,
  })
})

tinySuite({
  create(catalogue, broken) {
    const { options: changed, rule } = brokenReturns(broken)
    return createDdpgLa(backend.tf, catalogue, { seed: 1, options: { ...small, ...changed }, ...(rule && { rule }) })
  },
  steps: 5000,
  every: 5,
  breaks: failuresOfReturns,
})
