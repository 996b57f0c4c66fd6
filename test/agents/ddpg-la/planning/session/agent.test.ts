import { describe } from 'vitest'
import { type DdpgOptions, defaultDdpg } from '../../../../../src/agents/ddpg-la/planning/options.ts'
import { sessionAgent } from '../../../../../src/agents/ddpg-la/planning/session/agent.ts'
import { planningAgentContract } from '../../../../contracts/planning-agent.ts'

const small: DdpgOptions = {
  ...{ ...defaultDdpg, sessionMinutes: 15, sessions: 64, sessionsFirst: 6, updateEvery: 8, fade: 400 },
  draw: { random: 0.1, temperature: 0.2 },
}

describe('a planning agent with one action a session', () => {
  planningAgentContract({
    create: (seed, catalogue) => sessionAgent(catalogue, { seed, options: small }),
    tensors: () => 0,
    events: 400,
    probed: 1000,
  })
})
