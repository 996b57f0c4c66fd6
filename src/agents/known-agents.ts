import { RecstreamError } from '../errors.ts'
import type { AgentName } from '../records/definition.ts'
import { type Fields, flat, integer, type ValuesOf } from '../settings/field.ts'
import { nearest } from '../settings/nearest.ts'
import { a3cOptions, actorsOption } from './a3c/options.ts'
import { ddpgOptions, defaultsByAction } from './ddpg-la/planning/options.ts'
import { dqnOptions } from './dqn/options.ts'
import { discount, type GivenOptions, withOptions } from './options.ts'
import { qLearningOptions } from './q-learning/options.ts'

/** An agent as it can be asked for: what it is, and what can be set of it. */
export interface KnownAgent<F extends Fields = Fields> {
  about: string
  options: F
  /** What it has otherwise with an `action` where nothing is said. */
  byAction?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const halfLife = integer(
  undefined,
  [1, 1e12],
  'events',
  'events after which a reward counts half; without it none fades',
  {
    ...{ log: true, search: { min: 1_000, max: 1_000_000 } },
  },
)

const agents = {
  random: { about: 'any item, each with the same chance', options: {} },
  popularity: { about: 'the items that have gathered most reward from everybody', options: { halfLife } },
  // It is defined by looking no further than one item: its γ is not searched.
  myopic: {
    about: 'DQN with γ = 0: the item with the highest reward expected next',
    options: { ...dqnOptions, gamma: discount(0) },
  },
  'q-learning': { about: 'a table of values by clusters of users and items', options: qLearningOptions },
  dqn: { about: 'DQN, one network for all users', options: dqnOptions },
  a2c: {
    about: 'advantage actor-critic in its synchronous form, which can be reproduced',
    options: a3cOptions,
  },
  a3c: {
    about: 'advantage actor-critic; asynchronous where there are several worlds to act in, else as a2c',
    options: { ...a3cOptions, actors: actorsOption },
  },
  'ddpg-la': {
    about: 'DDPG-LA over the weights of an index that knows what people tire of; or with a proto-action in item space',
    options: ddpgOptions,
    byAction: defaultsByAction,
  },
} satisfies Record<AgentName, KnownAgent>

/** All planning agents by name. */
export const knownAgents: Readonly<Record<AgentName, KnownAgent>> & Readonly<Record<string, KnownAgent>> = agents

/** Whether there is an agent of this name; an unknown one is CONFIG_INVALID, with those there are. */
export function requireAgent(name: string): asserts name is AgentName {
  if (Object.hasOwn(agents, name)) return
  const names = Object.keys(agents)
  const near = nearest(name, names).join(', ')
  throw new RecstreamError(
    'CONFIG_INVALID',
    `There is no agent "${name}"; the nearest are ${near}, and all are ${names.join(', ')}.`,
  )
}

/**
 * Why some options of an agent are of no use on a log, as a sentence; null where none is.
 *
 *     uselessOnLogs('a3c', { actors: 4 })   // 'The option actors of a3c does something in simulated worlds only; leave it out.'
 */
export function uselessOnLogs(name: AgentName, given: GivenOptions): string | null {
  const useless = flat(agents[name].options).find(([path, { use }]) => use?.worlds && Object.hasOwn(given, path))
  return useless === undefined
    ? null
    : `The option ${useless[0]} of ${name} does something in simulated worlds only; leave it out.`
}

/**
 * Options of an agent: its defaults with what was given in their place.
 *
 *     optionsOf('dqn', { gamma: '0.9' }).gamma   // 0.9
 *
 * An unknown option, a value that is not allowed, or an option that does nothing beside the others is CONFIG_INVALID, with
 * what to do; beside options named `open`, which may yet have any value, others may do something.
 */
export function optionsOf<N extends AgentName>(
  name: N,
  given: GivenOptions,
  open?: ReadonlySet<string>,
): ValuesOf<(typeof agents)[N]['options']> {
  const { byAction } = knownAgents[name]
  const usual = byAction?.[String(given['action'])]
  return withOptions<(typeof agents)[N]['options']>(name, agents[name].options, given, { usual, open })
}
