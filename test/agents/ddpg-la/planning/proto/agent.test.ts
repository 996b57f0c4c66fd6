import { beforeAll, describe } from 'vitest'
import { createDdpgLa } from '../../../../../src/agents/ddpg-la/planning/agent.ts'
import { type DdpgOptions, defaultDdpg } from '../../../../../src/agents/ddpg-la/planning/options.ts'
import { type Backend, openBackend } from '../../../../../src/nn/backend.ts'
import { planningAgentContract } from '../../../../contracts/planning-agent.ts'
import { isLong } from '../../../../long.ts'
import { brokenReturns, failuresOfReturns } from '../../../tiny/broken-returns.ts'
import { corridor } from '../../../tiny/problems.ts'
import { tinySuite } from '../../../tiny/suite.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small: DdpgOptions = {
  ...{
    ...defaultDdpg,
    action: 'proto',
    long: 'rlstm',
    short: 't-self-attention',
    hidden: 8,
    state: 16,
    gamma: 0.8,
    steps: 1,
    exclude: 0,
  },
  ...{ batch: 32, memory: 2000, warmUp: 200, targetRate: 0.05 },
  ...{ criticRate: 4e-3, actorRate: 2e-3, actorAfter: 200, spread: 0.3 },
  temperature: { from: 0.5, to: 0.1, steps: 1000 },
  epsilon: { from: 1, to: 0.2, steps: 1000 },
}
/** Where the way to what pays is long, it is tried out for longer. */
const patient: Partial<DdpgOptions> = {
  temperature: { ...small.temperature, steps: 2500 },
  epsilon: { ...small.epsilon, steps: 2500 },
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

// It is no agent's default: its problems are learned in the battery.
describe.runIf(isLong)('given time', () => {
  tinySuite({
    create(catalogue, broken, problem) {
      const { options: changed, rule } = brokenReturns(broken)
      const options = { ...small, ...(problem === corridor && patient), ...changed }
      return createDdpgLa(backend.tf, catalogue, { seed: 1, options, ...(rule && { rule }) })
    },
    steps: problem => (problem === corridor ? 5000 : 2000),
    every: 5,
    breaks: failuresOfReturns,
  })
})
