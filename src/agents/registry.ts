import type { TensorFlow } from '../nn/tensorflow.ts'
import type { AgentName } from '../records/definition.ts'
import { createA2c } from './a3c/agent.ts'
import type { Catalogue } from './catalogue.ts'
import { createDdpgLa } from './ddpg-la/planning/agent.ts'
import { createDqn } from './dqn/agent.ts'
import { optionsOf, requireAgent } from './known-agents.ts'
import type { GivenOptions } from './options.ts'
import type { PlanningAgent } from './planning-agent.ts'
import { popularityAgent } from './popularity.ts'
import { createQLearning } from './q-learning.ts'
import { randomAgent } from './random.ts'

/** What an agent is made of. */
export interface AgentSetup {
  tf: TensorFlow
  catalogue: Catalogue
  seed: number
  options: GivenOptions
}

const makers: Readonly<Record<AgentName, (setup: AgentSetup) => PlanningAgent>> = {
  random: ({ catalogue, seed, options }) => randomAgent({ catalogue, seed, ...optionsOf('random', options) }),
  popularity: ({ catalogue, options }) => popularityAgent({ catalogue, options: optionsOf('popularity', options) }),
  myopic: ({ tf, catalogue, seed, options }) =>
    createDqn(tf, catalogue, { seed, options: optionsOf('myopic', options), name: 'myopic' }),
  'q-learning': ({ catalogue, seed, options }) =>
    createQLearning({ catalogue, seed, options: optionsOf('q-learning', options) }),
  dqn: ({ tf, catalogue, seed, options }) => createDqn(tf, catalogue, { seed, options: optionsOf('dqn', options) }),
  a2c: ({ tf, catalogue, seed, options }) => createA2c(tf, catalogue, { seed, options: optionsOf('a2c', options) }),
  a3c: ({ tf, catalogue, seed, options }) =>
    createA2c(tf, catalogue, { seed, options: optionsOf('a3c', options), name: 'a3c' }),
  'ddpg-la': ({ tf, catalogue, seed, options }) =>
    createDdpgLa(tf, catalogue, { seed, options: optionsOf('ddpg-la', options) }),
}

/**
 * An agent by its name.
 *
 *     const agent = createPlanningAgent('dqn', { tf, catalogue, seed: 1, options: { gamma: 0.9 } })
 *
 * An unknown name or option is CONFIG_INVALID.
 */
export function createPlanningAgent(name: string, setup: AgentSetup): PlanningAgent {
  requireAgent(name)
  return makers[name](setup)
}
