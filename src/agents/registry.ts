import { RecstreamError } from '../errors.ts'
import type { TensorFlow } from '../model/backend.ts'
import { createA2c } from './a3c/agent.ts'
import { type A3cOptions, a3cSpace, actorsOption, defaultA3c, defaultActors } from './a3c/options.ts'
import type { Catalogue } from './catalogue.ts'
import { createDdpgLa } from './ddpg-la/planning/agent.ts'
import { ddpgSpace, defaultDdpg } from './ddpg-la/planning/options.ts'
import { createDqn } from './dqn/agent.ts'
import { defaultDqn, dqnSpace } from './dqn/options.ts'
import { type AgentOption, type GivenOptions, numeric, withOptions } from './options.ts'
import type { PlanningAgent } from './planning-agent.ts'
import { type PopularityOptions, popularityAgent } from './popularity.ts'
import { createQLearning, defaultQLearning, qLearningSpace } from './q-learning.ts'
import { randomAgent } from './random.ts'

/** What an agent is made of. */
export interface AgentSetup {
  tf: TensorFlow
  catalogue: Catalogue
  seed: number
  options: GivenOptions
}

/** An agent as it can be asked for. */
export interface KnownAgent {
  about: string
  /** Its options with what is allowed; tuning searches them. */
  space: readonly AgentOption[]
  defaults: object
  create(setup: AgentSetup): PlanningAgent
}

/** Defaults of the myopic ranker: DQN that looks at the next reward alone. */
const defaultMyopic = { ...defaultDqn, gamma: 0 }

/** All planning agents by name. */
export const knownAgents: Readonly<Record<string, KnownAgent>> = {
  random: {
    about: 'any item, each with the same chance',
    space: [],
    defaults: {},
    create: ({ catalogue, seed, options }) => {
      withOptions('random', {}, [], options)
      return randomAgent({ catalogue, seed })
    },
  },
  popularity: {
    about: 'the items that have gathered most reward from everybody',
    space: [numeric('halfLife', 1, 1e12, 'events after which a reward counts half')],
    defaults: {},
    create: ({ catalogue, options }) =>
      popularityAgent({
        catalogue,
        options: withOptions<PopularityOptions>('popularity', {}, knownAgents['popularity']!.space, options),
      }),
  },
  myopic: {
    about: 'DQN with γ = 0: the item with the highest reward expected next',
    space: dqnSpace,
    defaults: defaultMyopic,
    create: ({ tf, catalogue, seed, options }) =>
      createDqn(tf, catalogue, {
        seed,
        options: withOptions('myopic', defaultMyopic, dqnSpace, options),
        name: 'myopic',
      }),
  },
  'q-learning': {
    about: 'a table of values by clusters of users and items',
    space: qLearningSpace,
    defaults: defaultQLearning,
    create: ({ catalogue, seed, options }) =>
      createQLearning({
        ...{ catalogue, seed },
        options: withOptions('q-learning', defaultQLearning, qLearningSpace, options),
      }),
  },
  dqn: {
    about: 'DQN, one network for all users',
    space: dqnSpace,
    defaults: defaultDqn,
    create: ({ tf, catalogue, seed, options }) =>
      createDqn(tf, catalogue, { seed, options: withOptions('dqn', defaultDqn, dqnSpace, options) }),
  },
  a2c: {
    about: 'advantage actor-critic in its synchronous form, which can be reproduced',
    space: a3cSpace,
    defaults: defaultA3c,
    create: ({ tf, catalogue, seed, options }) =>
      createA2c(tf, catalogue, { seed, options: withOptions('a2c', defaultA3c, a3cSpace, options) }),
  },
  a3c: {
    about: 'advantage actor-critic; asynchronous where there are several worlds to act in, else as a2c',
    space: [...a3cSpace, actorsOption],
    defaults: { ...defaultA3c, actors: defaultActors },
    create: ({ tf, catalogue, seed, options }) =>
      createA2c(tf, catalogue, { seed, options: a3cOptions(options), name: 'a3c' }),
  },
  'ddpg-la': {
    about: 'DDPG-LA with a proto-action in item space and exact top-k',
    space: ddpgSpace,
    defaults: defaultDdpg,
    create: ({ tf, catalogue, seed, options }) =>
      createDdpgLa(tf, catalogue, { seed, options: withOptions('ddpg-la', defaultDdpg, ddpgSpace, options) }),
  },
}

/** The options of A3C with what was given in place of defaults. */
export const a3cOptions = (given: GivenOptions): A3cOptions & { actors: number } =>
  withOptions('a3c', { ...defaultA3c, actors: defaultActors }, [...a3cSpace, actorsOption], given)

/**
 * An agent by its name.
 *
 *     const agent = createPlanningAgent('dqn', { tf, catalogue, seed: 1, options: { gamma: 0.9 } })
 *
 * An unknown name or option is CONFIG_INVALID.
 */
export function createPlanningAgent(name: string, setup: AgentSetup): PlanningAgent {
  if (!Object.hasOwn(knownAgents, name)) {
    const names = Object.keys(knownAgents).join(', ')
    throw new RecstreamError('CONFIG_INVALID', `There is no agent "${name}"; there are ${names}.`)
  }
  return knownAgents[name]!.create(setup)
}
