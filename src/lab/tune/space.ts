import type { KnownAgent } from '../../agents/known-agents.ts'
import { withOptions } from '../../agents/options.ts'
import { RecstreamError } from '../../errors.ts'
import { presentName } from '../../settings/renamed.ts'

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
  choose('long', 'rlstm', 'lstm'),
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

type Described = Pick<KnownAgent, 'space' | 'defaults'>

/**
 * The hyper-parameters to search: those that texts name, or without any the usual ones of the agent.
 *
 *     searchSpace('dqn', knownAgents.dqn, ['gamma=0.9,0.95', 'rate=1e-4..1e-2'], {})
 *
 * What is fixed is not searched. An unknown option, or a value that the agent does not allow, is CONFIG_INVALID.
 */
export function searchSpace(
  name: string,
  agent: Described,
  texts: readonly string[],
  fixed: Readonly<Record<string, OptionValue>>,
): Dimension[] {
  const { space } = agent
  const given = texts.map(text => parsed(name, agent, text))
  const names = given.map(each => each.name)
  const twice = names.find((each, at) => names.indexOf(each) !== at)
  if (twice !== undefined) throw invalid(`The option ${twice} is searched twice; name all its values at once.`)
  const both = names.find(each => Object.hasOwn(fixed, each))
  if (both !== undefined) throw invalid(`The option ${both} cannot be fixed and searched; leave one of the two out.`)
  if (given.length > 0) return given
  return usual.flatMap(dimension => {
    const option = space.find(each => each.name === dimension.name)
    if (option === undefined || Object.hasOwn(fixed, dimension.name)) return []
    // An agent that is defined by looking no further than one item stays what it is.
    if (dimension.name === 'gamma' && (agent.defaults as { gamma?: number }).gamma === 0) return []
    if ('scale' in dimension || 'choices' in option) return [dimension]
    // A target rate of 0 stands for copies now and then, which not every agent makes.
    return [{ ...dimension, choices: dimension.choices.filter(value => Number(value) >= option.min) }]
  })
}

function parsed(name: string, agent: Described, text: string): Dimension {
  const at = text.indexOf('=')
  const [given, values] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()]
  if (at < 1 || values === '') throw invalid(`"${text}" must be an option with values, such as ${example}.`)
  const option = presentOption(name, given)
  const ends = /^(\S+?)\.\.(\S+)$/.exec(values)
  if (ends === null) {
    return { name: option, choices: values.split(',').map(value => allowed(name, agent, option, value.trim())) }
  }
  const [min, max] = [ends[1]!, ends[2]!].map(value => allowed(name, agent, option, value))
  const known = agent.space.find(each => each.name === option)!
  if ('choices' in known || typeof min !== 'number' || typeof max !== 'number' || min >= max) {
    throw invalid(
      `The range "${values}" of ${option} must go from a smaller number to a larger one, such as ${example}.`,
    )
  }
  const byTens = usual.some(each => each.name === option && 'scale' in each && each.scale.startsWith('log'))
  const log = known.scale === 'log' || (byTens && min > 0)
  const whole = known.scale === 'integer'
  return { name: option, min, max, scale: whole ? (log ? 'log-integer' : 'integer') : log ? 'log' : 'linear' }
}

const example = '--space gamma=0.9,0.95 or --space rate=1e-4..1e-2'

/** A value as an agent reads it; CONFIG_INVALID if it does not allow it. */
function allowed(name: string, { space, defaults }: Described, option: string, text: string): OptionValue {
  return valueAt(withOptions<object>(name, defaults, space, { [option]: text }), option) as OptionValue
}

/**
 * Options that are the same in every trial.
 *
 *     fixedOptions('dqn', knownAgents.dqn, { gamma: '0.9' })   // { gamma: 0.9 }
 */
export function fixedOptions(
  name: string,
  agent: Described,
  given: Readonly<Record<string, string>>,
): Record<string, OptionValue> {
  const options = Object.entries(given).map(([option, text]) => [presentOption(name, option), text] as const)
  return Object.fromEntries(options.map(([option, text]) => [option, allowed(name, agent, option, text)]))
}

const presentOption = (agent: string, option: string) => presentName(option, name => `option ${name} of ${agent}`)

/** What an agent has where nothing is said, of the options that are searched. */
export function defaultsOf({ defaults }: Pick<Described, 'defaults'>, space: readonly Dimension[]) {
  const values = space.map(({ name }) => [name, valueAt(defaults, name)] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, OptionValue>
}

/** An option's value; one of a group has the group's name before it. */
function valueAt(options: object, name: string): unknown {
  return name.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], options)
}

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)
