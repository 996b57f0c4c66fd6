import { armsProblem } from '../arms/arms-problem.ts'
import { defaultArms, defaultLike } from '../arms/defaults.ts'
import { RecstreamError } from '../errors.ts'
import { behaviourMeanings } from '../records/behaviours.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { availableProblem } from '../rules/available.ts'
import { rulesProblem } from '../rules/rules-problem.ts'
import { shown } from '../settings/check.ts'
import {
  defaultClean,
  defaultGeneral,
  defaultGuard,
  defaultLearn,
  defaultPlan,
  defaultRecommend,
  defaultSchedule,
  defaultWindow,
} from '../settings/defaults.ts'
import { nearest } from '../settings/nearest.ts'
import { presentGroup } from '../settings/renamed.ts'
import { general, groups } from '../settings/settings.ts'
import type { LearnSettings, RecommendSettings, Schedule } from '../settings/types.ts'
import { behavioursProblem } from './behaviours-problem.ts'
import { keysOf } from './parts.ts'
import type { PipelineInput } from './pipeline-input.ts'
import { settingsProblem } from './settings.ts'

/**
 * Describe a pipeline: one typed value from which every stage takes its settings.
 *
 *     export default definePipeline({
 *       name: 'shop',
 *       behaviours: ['view', 'cart', 'buy'],
 *       scale: { kind: 'watch', positiveFrom: 0.5 },
 *       reward: event => ({ view: 0.1, cart: 0.5, buy: 1 })[event.behaviour] ?? 0,
 *     })
 *
 * All times are event times in milliseconds. `reward` must be pure and within [0, 1]: it is called again at every
 * replay. What is not allowed is PIPELINE_INVALID, with the setting, its unit and what is allowed in the message.
 */
export function definePipeline(given: PipelineInput): PipelineDefinition {
  const input = inPresentWords(given)
  const unknown = unknownKey(input)
  if (unknown !== null) throw invalid(unknown)
  const definition: PipelineDefinition = {
    name: input.name,
    description: input.description ?? '',
    ...namesAndMeanings(input),
    epoch: input.epoch ?? defaultGeneral.epoch,
    value: { min: 0, max: 1_000_000, required: false, ...input.value },
    reward: input.reward,
    like: input.like ?? defaultLike,
    scale: input.scale,
    features: input.features ?? {},
    partitions: input.partitions ?? defaultGeneral.partitions,
    parts: input.parts ?? defaultGeneral.parts,
    topicRetention: input.topicRetention ?? defaultGeneral.topicRetention,
    encoding: input.encoding ?? defaultGeneral.encoding,
    clean: { ...defaultClean, ...input.clean },
    window: { ...defaultWindow, ...input.window },
    learn: { ...defaultLearn, ...input.learn },
    recommend: { ...defaultRecommend, ...input.recommend },
    arms: input.arms ?? defaultArms,
    rules: input.rules ?? [],
    plan: { ...defaultPlan, ...input.plan },
    guard: { ...defaultGuard, ...input.guard },
    schedule: withoutNever({ ...defaultSchedule, ...input.schedule }),
    ...(input.source === undefined ? {} : { source: input.source }),
    ...(input.simulate === undefined ? {} : { simulate: input.simulate }),
    ...(input.available === undefined ? {} : { available: input.available }),
    ...(input.decode === undefined ? {} : { decode: input.decode }),
  }
  const problem = definitionProblem(definition)
  if (problem !== null) throw invalid(problem)
  return definition
}

/** What is wrong with a definition, as a sentence; null for a good one. What is no definition at all is wrong too. */
export function definitionProblem(definition: PipelineDefinition): string | null {
  const { name, value, scale, features, source, simulate, decode = {} } = definition
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,99}$/.test(name)) {
    return `The name must be 1 to 100 lower-case letters, digits and dashes, not ${shown(name)}; it is the prefix of every topic.`
  }
  const unclear = behavioursProblem(definition)
  if (unclear !== null) return unclear
  for (const group of objects) {
    if (!isObject(definition[group as keyof PipelineDefinition])) {
      return `The setting ${group} of ${name} must be an object; definePipeline fills in what you leave out.`
    }
  }
  if (typeof definition.reward !== 'function') {
    return `The reward of ${name} must be a function from an event to a number in [0, 1].`
  }
  if (typeof definition.like !== 'function')
    return `The setting like of ${name} must be a function from an event to true or false.`
  if (!(Number.isFinite(value.min) && Number.isFinite(value.max) && value.min <= value.max)) {
    return `The value of ${name} must have finite numbers min <= max (in the unit of the event's value).`
  }
  if (typeof value.required !== 'boolean') return `The setting value.required of ${name} must be true or false.`
  if (scale?.kind === 'rating' ? !(scale.min < scale.max) : !within(scale?.positiveFrom, 0, 1)) {
    return `The scale of ${name} must be { kind: 'rating', min, max } with min < max, or { kind: 'watch', positiveFrom } in [0, 1].`
  }
  if (scale.kind !== 'rating' && scale.kind !== 'watch') return `The scale of ${name} must be of kind rating or watch.`
  for (const each of ['user', 'item', 'context'] as const) {
    if (features[each] !== undefined && typeof features[each] !== 'function') {
      return `The setting features.${each} of ${name} must be a function that returns tokens such as "age=25-34".`
    }
  }
  if (source !== undefined && typeof source.read !== 'function') {
    return `The source of ${name} must have a function read(folder).`
  }
  for (const each of ['event', 'profile', 'item'] as const) {
    if (simulate !== undefined && typeof simulate[each] !== 'function') {
      return `The setting simulate of ${name} must have the functions event, profile and item.`
    }
  }
  if (!isObject(decode)) return `The setting decode of ${name} must be an object of functions: event, profile, item.`
  for (const each of ['event', 'profile', 'item'] as const) {
    if (decode[each] !== undefined && typeof decode[each] !== 'function') {
      return `The setting decode.${each} of ${name} must be a function from a record to our shape, or null to pass it over.`
    }
  }
  return (
    armsProblem(definition) ?? availableProblem(definition) ?? rulesProblem(definition) ?? settingsProblem(definition)
  )
}

const objects = ['value', 'features', ...Object.keys(groups)] as const

/** The keys that may stand in each object of a definition, its own ('') among them. */
const known: readonly (readonly [string, readonly string[]])[] = [
  ['', [...keysOf(''), ...Object.keys(general), ...Object.keys(groups)]],
  ...['value', 'features', 'source', 'simulate', 'decode'].map(name => [name, keysOf(name)] as const),
  ...Object.entries(groups).map(([name, fields]) => [name, Object.keys(fields)] as const),
]

type PresentInput = Omit<PipelineInput, 'learn' | 'recommend'> & {
  learn?: Partial<LearnSettings>
  recommend?: Partial<RecommendSettings>
}

function inPresentWords(input: PipelineInput): PresentInput {
  if (!isObject(input)) return input
  const { learn, recommend } = input
  return {
    ...input,
    ...(isObject(learn) ? { learn: presentGroup('learn', learn) } : {}),
    ...(isObject(recommend) ? { recommend: presentGroup('recommend', recommend) } : {}),
  } as PresentInput
}

/** What is no list of names and no object is left as it is, for the check to name. */
function namesAndMeanings({
  behaviours: given,
  meanings,
}: PresentInput): Pick<PipelineDefinition, 'behaviours' | 'meanings'> {
  if (!isObject(given)) return { behaviours: given, meanings: {} }
  if (!Array.isArray(given)) return { behaviours: Object.keys(given), meanings: behaviourMeanings(given) }
  const known = given.map(name => [name, meanings?.[name] ?? {}] as const)
  return { behaviours: given, meanings: behaviourMeanings(Object.fromEntries(known)) }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A mistyped key would silently leave a default in force, so it is an error. */
function unknownKey(input: PresentInput): string | null {
  if (typeof input !== 'object' || input === null) return 'A pipeline must be an object.'
  for (const [group, names] of known) {
    const value = group === '' ? input : (input as unknown as Record<string, unknown>)[group]
    if (value === undefined) continue
    if (typeof value !== 'object' || value === null) return `The setting ${group} must be an object.`
    for (const key of Object.keys(value)) {
      if (names.includes(key)) continue
      const path = group === '' ? key : `${group}.${key}`
      return `There is no setting "${path}"; the nearest are ${nearest(key, names).join(', ')}.`
    }
  }
  return null
}

function withoutNever(schedule: { [Key in keyof Schedule]?: Schedule[Key] | 'never' }): Schedule {
  return Object.fromEntries(Object.entries(schedule).filter(([, when]) => when !== 'never' && when !== undefined))
}

function within(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

function invalid(problem: string): RecstreamError {
  return new RecstreamError('PIPELINE_INVALID', problem)
}
