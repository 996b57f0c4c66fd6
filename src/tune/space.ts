import type { AgentOption } from '../agents/options.ts'
import type { KnownAgent } from '../agents/registry.ts'
import { RecstreamError } from '../errors.ts'
import { nearest } from '../pipeline/settings.ts'

export type OptionValue = number | string | boolean

/** One hyper-parameter and the values that are searched: a list, or all between two ends on a scale. */
export type Dimension = { name: string } & (
  | { choices: readonly OptionValue[] }
  | { min: number; max: number; scale: 'linear' | 'log' | 'integer' | 'log-integer' }
)

const choose = (name: string, ...choices: OptionValue[]): Dimension => ({ name, choices })
const range = (
  name: string,
  min: number,
  max: number,
  scale: 'linear' | 'log' | 'integer' | 'log-integer',
): Dimension => {
  return { name, min, max, scale }
}

/** What is worth searching of options that agents have, by name; an agent's own list says what is allowed, not what is wise. */
const usual: readonly Dimension[] = [
  choose('gamma', 0.8, 0.9, 0.95, 0.98, 0.99),
  choose('long', 'lift', 'identity'),
  choose('hidden', 16, 32, 64),
  choose('state', 32, 64, 128),
  choose('steps', 1, 3, 5, 10),
  choose('trainEvery', 16, 32, 64),
  choose('batch', 64, 128, 256),
  range('memory', 5_000, 60_000, 'log-integer'),
  range('rate', 3e-4, 3e-3, 'log'),
  range('criticRate', 3e-4, 3e-3, 'log'),
  range('actorRate', 1e-4, 1e-3, 'log'),
  choose('targetRate', 0, 0.005, 0.01, 0.02),
  range('targetPeriod', 20, 400, 'log-integer'),
  range('epsilon.to', 0.01, 0.15, 'linear'),
  range('epsilon.steps', 3_000, 30_000, 'log-integer'),
  range('temperature.to', 0.01, 0.1, 'log'),
  range('entropy', 1e-4, 1e-1, 'log'),
  range('itemClusters', 6, 48, 'log-integer'),
  range('userClusters', 1, 8, 'integer'),
  range('leastStep', 0.005, 0.1, 'log'),
  range('stepDecay', 0.5, 1, 'linear'),
  range('popularityWeight', 0, 2, 'linear'),
  range('halfLife', 1_000, 1_000_000, 'log-integer'),
]

/**
 * The hyper-parameters to search: those that texts name, or without any the usual ones of the agent.
 *
 *     searchSpace('dqn', knownAgents.dqn, ['gamma=0.9,0.95', 'rate=1e-4..1e-2'], {})
 *
 * What is fixed is not searched. An unknown option, or a value that the agent does not allow, is CONFIG_INVALID.
 */
export function searchSpace(
  agent: string,
  { space, defaults }: Pick<KnownAgent, 'space' | 'defaults'>,
  texts: readonly string[],
  fixed: Readonly<Record<string, OptionValue>>,
): Dimension[] {
  const given = texts.map(text => parsed(agent, space, text))
  const names = given.map(({ name }) => name)
  const twice = names.find((name, at) => names.indexOf(name) !== at)
  if (twice !== undefined) throw invalid(`The option ${twice} is searched twice; name all its values at once.`)
  const both = names.find(name => Object.hasOwn(fixed, name))
  if (both !== undefined) throw invalid(`The option ${both} cannot be fixed and searched; leave one of the two out.`)
  if (given.length > 0) return given
  return usual.flatMap(dimension => {
    const option = space.find(({ name }) => name === dimension.name)
    if (option === undefined || Object.hasOwn(fixed, dimension.name)) return []
    // An agent that is defined by looking no further than one item stays what it is.
    if (dimension.name === 'gamma' && (defaults as { gamma?: number }).gamma === 0) return []
    return [within(dimension, option)]
  })
}

/** A dimension without what the agent does not allow. */
function within(dimension: Dimension, option: AgentOption): Dimension {
  if ('choices' in dimension) return { ...dimension, choices: dimension.choices.filter(value => allows(option, value)) }
  if ('choices' in option) return dimension
  return { ...dimension, min: Math.max(dimension.min, option.min), max: Math.min(dimension.max, option.max) }
}

function parsed(agent: string, space: readonly AgentOption[], text: string): Dimension {
  const at = text.indexOf('=')
  const [name, values] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()]
  if (at < 1 || values === '') throw invalid(`"${text}" must be an option with values, such as ${example}.`)
  const option = space.find(each => each.name === name)
  if (option === undefined) {
    const known = space.map(each => each.name)
    throw invalid(`${agent} has no option "${name}"; the nearest are ${nearest(name, known).join(', ')}.`)
  }
  const ends = /^(\S+?)\.\.(\S+)$/.exec(values)
  if (ends === null) {
    return { name, choices: values.split(',').map(value => allowed(agent, option, value.trim())) }
  }
  const [min, max] = [ends[1]!, ends[2]!].map(value => allowed(agent, option, value))
  if ('choices' in option || typeof min !== 'number' || typeof max !== 'number' || min >= max) {
    throw invalid(`The range "${values}" of ${name} must go from a smaller number to a larger one, such as ${example}.`)
  }
  const tens = usual.find(each => each.name === name && 'scale' in each && each.scale.startsWith('log')) !== undefined
  const whole = option.scale === 'integer'
  const log = option.scale === 'log' || (tens && min > 0)
  return { name, min, max, scale: whole ? (log ? 'log-integer' : 'integer') : log ? 'log' : 'linear' }
}

const example = '--space gamma=0.9,0.95 or --space rate=1e-4..1e-2'

function allows(option: AgentOption, value: OptionValue): boolean {
  if ('choices' in option) return option.choices.includes(value as string | boolean)
  const fits = typeof value === 'number' && value >= option.min && value <= option.max
  return fits && (option.scale !== 'integer' || Number.isInteger(value))
}

/** A value as it is written; CONFIG_INVALID if the agent does not allow it. */
function allowed(agent: string, option: AgentOption, text: string): OptionValue {
  const value =
    'choices' in option ? (option.choices.find(choice => String(choice) === text) ?? text) : Number(text || Number.NaN)
  if (allows(option, value)) return value
  const what =
    'choices' in option
      ? `one of ${option.choices.join(', ')}`
      : `${option.scale === 'integer' ? 'a whole number' : 'a number'} from ${option.min} to ${option.max}`
  throw invalid(`The option ${option.name} of ${agent} must be ${what}, not "${text}".`)
}

/**
 * Options that are the same in every trial.
 *
 *     fixedOptions('dqn', knownAgents.dqn, { gamma: '0.9' })   // { gamma: 0.9 }
 */
export function fixedOptions(
  agent: string,
  { space }: Pick<KnownAgent, 'space'>,
  given: Readonly<Record<string, string>>,
): Record<string, OptionValue> {
  return Object.fromEntries(
    Object.entries(given).map(([name, text]) => {
      const option = space.find(each => each.name === name)
      if (option !== undefined) return [name, allowed(agent, option, text)]
      const known = space.map(each => each.name)
      throw invalid(`${agent} has no option "${name}"; the nearest are ${nearest(name, known).join(', ')}.`)
    }),
  )
}

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)
