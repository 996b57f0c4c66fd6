import { RecstreamError } from '../errors.ts'
import type { AgentName } from '../records/definition.ts'
import { a3cSpace, actorsOption, defaultA3c, defaultActors } from './a3c/options.ts'
import { ddpgSpace, defaultDdpg } from './ddpg-la/planning/options.ts'
import { defaultDqn, dqnSpace } from './dqn/options.ts'
import { type AgentOption, type GivenOptions, numeric, withOptions } from './options.ts'
import { defaultQLearning, qLearningSpace } from './q-learning/options.ts'

/** An agent as it can be asked for: what it is, its options with what is allowed, and their defaults. */
export interface KnownAgent<O extends object = object> {
  about: string
  space: readonly AgentOption[]
  defaults: O
}

const agents = {
  random: { about: 'any item, each with the same chance', space: [], defaults: {} },
  popularity: {
    about: 'the items that have gathered most reward from everybody',
    space: [numeric('halfLife', 1, 1e12, 'events after which a reward counts half')],
    defaults: {},
  },
  myopic: {
    about: 'DQN with γ = 0: the item with the highest reward expected next',
    space: dqnSpace,
    defaults: { ...defaultDqn, gamma: 0 },
  },
  'q-learning': {
    about: 'a table of values by clusters of users and items',
    space: qLearningSpace,
    defaults: defaultQLearning,
  },
  dqn: { about: 'DQN, one network for all users', space: dqnSpace, defaults: defaultDqn },
  a2c: {
    about: 'advantage actor-critic in its synchronous form, which can be reproduced',
    space: a3cSpace,
    defaults: defaultA3c,
  },
  a3c: {
    about: 'advantage actor-critic; asynchronous where there are several worlds to act in, else as a2c',
    space: [...a3cSpace, actorsOption],
    defaults: { ...defaultA3c, actors: defaultActors },
  },
  'ddpg-la': {
    about: 'DDPG-LA with a proto-action in item space and exact top-k',
    space: ddpgSpace,
    defaults: defaultDdpg,
  },
} satisfies Record<AgentName, KnownAgent>

/** All planning agents by name. */
export const knownAgents: Readonly<Record<AgentName, KnownAgent>> & Readonly<Record<string, KnownAgent>> = agents

/** Whether there is an agent of this name; an unknown one is CONFIG_INVALID, with those there are. */
export function requireAgent(name: string): asserts name is AgentName {
  if (Object.hasOwn(agents, name)) return
  const names = Object.keys(agents).join(', ')
  throw new RecstreamError('CONFIG_INVALID', `There is no agent "${name}"; there are ${names}.`)
}

/**
 * Options of an agent: its defaults with what was given in their place.
 *
 *     optionsOf('dqn', { gamma: '0.9' }).gamma   // 0.9
 *
 * An unknown option or a value that is not allowed is CONFIG_INVALID, with what is.
 */
export function optionsOf<N extends AgentName>(name: N, given: GivenOptions): (typeof agents)[N]['defaults'] {
  const { defaults, space } = agents[name]
  return withOptions<(typeof agents)[N]['defaults']>(name, defaults, space, given)
}
