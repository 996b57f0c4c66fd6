import { beforeAll, describe } from 'vitest'
import { type DdpgOptions, defaultDdpg } from '../../../../../src/agents/ddpg-la/planning/options.ts'
import { stepAgent } from '../../../../../src/agents/ddpg-la/planning/step/agent.ts'
import { type Backend, openBackend } from '../../../../../src/nn/backend.ts'
import { planningAgentContract } from '../../../../contracts/planning-agent.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})

const small: DdpgOptions = {
  ...{ ...defaultDdpg, action: 'step', hidden: 4, state: 8, steps: 2, exclude: 5, sessionMinutes: 15, sessions: 64 },
  ...{ batch: 16, memory: 500, warmUp: 100, actorAfter: 5, fade: 400 },
  draw: { random: 0.1, temperature: 0.2 },
}

describe.each<[string, Partial<DdpgOptions>]>([
  ['as it is', { long: 'none', short: 'none' }],
  ['with long and short interest, without twins', { long: 'rlstm', short: 't-self-attention', twin: false }],
])('a planning agent with one action an item, %s', (_, changed) => {
  planningAgentContract({
    create: (seed, catalogue) => stepAgent(backend.tf, catalogue, { seed, options: { ...small, ...changed } }),
    tensors: () => backend.tf.memory().numTensors,
    events: 400,
    probed: 600,
  })
})
