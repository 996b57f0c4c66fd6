import { knownAgents, optionsOf } from '../../agents/known-agents.ts'
import { idleOptions, valueAt } from '../../agents/option-use.ts'
import { RecstreamError } from '../../errors.ts'
import type { AgentName } from '../../records/definition.ts'
import { type Field, flat, type Search } from '../../settings/field.ts'
import { presentName } from '../../settings/renamed.ts'

export type OptionValue = number | string | boolean

/** One hyper-parameter and the values that are searched: a list, or all between two ends on a scale. */
export type Dimension = { name: string } & (
  | { choices: readonly OptionValue[] }
  | { min: number; max: number; scale: 'linear' | 'log' | 'integer' | 'log-integer' }
)

/**
 * The hyper-parameters to search: those that texts name, or without any the usual ones of the agent.
 *
 *     searchSpace('dqn', ['gamma=0.9,0.95', 'rate=1e-4..1e-2'], {})
 *
 * What is fixed is not searched, nor what does nothing beside it. An unknown option, or a value that the agent does not allow,
 * is CONFIG_INVALID.
 */
export function searchSpace(
  agent: AgentName,
  texts: readonly string[],
  fixed: Readonly<Record<string, OptionValue>>,
): Dimension[] {
  const given = texts.map(text => parsed(agent, text))
  const names = given.map(each => each.name)
  const twice = names.find((each, at) => names.indexOf(each) !== at)
  if (twice !== undefined) throw invalid(`The option ${twice} is searched twice; name all its values at once.`)
  const both = names.find(each => Object.hasOwn(fixed, each))
  if (both !== undefined) throw invalid(`The option ${both} cannot be fixed and searched; leave one of the two out.`)
  const open = new Set(names)
  const { options } = knownAgents[agent]
  if (given.length > 0) {
    const [idle] = idleOptions(options, names, optionsOf(agent, fixed, open), open)
    if (idle !== undefined) throw invalid(`The option ${idle.name} of ${agent} ${idle.why}.`)
    return given
  }
  const usual = flat(options).flatMap(([name, field]) =>
    field.search === undefined || Object.hasOwn(fixed, name) ? [] : [dimensionOf(name, field, field.search)],
  )
  const searched = usual.map(({ name }) => name)
  const all = new Set(searched)
  const idle = idleOptions(options, searched, optionsOf(agent, fixed, all), all)
  return usual.filter(({ name }) => !idle.some(each => each.name === name))
}

/**
 * Of a candidate's options those that do something beside each other.
 *
 *     usedOptions('dqn', { targetRate: 0.01, targetPeriod: 100 })   // { targetRate: 0.01 }
 */
export function usedOptions(
  agent: AgentName,
  options: Readonly<Record<string, OptionValue>>,
): Record<string, OptionValue> {
  const names = Object.keys(options)
  const all = optionsOf(agent, options, everyOption(agent))
  const idle = idleOptions(knownAgents[agent].options, names, all).map(({ name }) => name)
  return Object.fromEntries(Object.entries(options).filter(([name]) => !idle.includes(name)))
}

function dimensionOf(name: string, field: Field, search: Search): Dimension {
  if (!('min' in search)) return { name, choices: search }
  const whole = field.type === 'integer'
  const byFactors = field.log === true && search.min > 0
  const scale = byFactors ? (whole ? 'log-integer' : 'log') : whole ? 'integer' : 'linear'
  return { name, min: search.min, max: search.max, scale }
}

function parsed(agent: AgentName, text: string): Dimension {
  const at = text.indexOf('=')
  const [given, values] = [text.slice(0, Math.max(0, at)).trim(), text.slice(at + 1).trim()]
  if (at < 1 || values === '') throw invalid(`"${text}" must be an option with values, such as ${example}.`)
  const option = presentOption(agent, given)
  const ends = /^(\S+?)\.\.(\S+)$/.exec(values)
  if (ends === null) {
    return { name: option, choices: values.split(',').map(value => allowed(agent, option, value.trim())) }
  }
  const [min, max] = [ends[1]!, ends[2]!].map(value => allowed(agent, option, value))
  if (typeof min === 'number' && typeof max === 'number' && min < max) {
    const [, field] = flat(knownAgents[agent].options).find(([name]) => name === option)!
    return dimensionOf(option, field, { min, max })
  }
  throw invalid(`The range "${values}" of ${option} must go from a smaller number to a larger one, such as ${example}.`)
}

const example = '--space gamma=0.9,0.95 or --space rate=1e-4..1e-2'

/** A value as an agent reads it; CONFIG_INVALID if it does not allow it. */
function allowed(agent: AgentName, option: string, text: string): OptionValue {
  return valueAt(optionsOf(agent, { [option]: text }, everyOption(agent)), option) as OptionValue
}

const everyOption = (agent: AgentName) => new Set(flat(knownAgents[agent].options).map(([name]) => name))

/**
 * Options that are the same in every trial.
 *
 *     fixedOptions('dqn', { gamma: '0.9' })   // { gamma: 0.9 }
 */
export function fixedOptions(agent: AgentName, given: Readonly<Record<string, string>>): Record<string, OptionValue> {
  const options = Object.entries(given).map(([option, text]) => [presentOption(agent, option), text] as const)
  return Object.fromEntries(options.map(([option, text]) => [option, allowed(agent, option, text)]))
}

const presentOption = (agent: string, option: string) => presentName(option, name => `option ${name} of ${agent}`)

/** What an agent has beside what is fixed where nothing is said, of the options that are searched and do something then. */
export function searchedDefaults(
  agent: AgentName,
  space: readonly Dimension[],
  fixed: Readonly<Record<string, OptionValue>>,
): Record<string, OptionValue> {
  const all = optionsOf(agent, fixed, everyOption(agent))
  const values = space.map(({ name }) => [name, valueAt(all, name)] as const)
  const known = Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, OptionValue>
  const used = usedOptions(agent, { ...fixed, ...known })
  return Object.fromEntries(Object.entries(known).filter(([name]) => Object.hasOwn(used, name)))
}

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)
