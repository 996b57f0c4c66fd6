import { armsProblem } from '../arms/arms-problem.ts'
import { defaultArms, defaultGuard, defaultLike, defaultPlan } from '../arms/defaults.ts'
import { RecstreamError } from '../errors.ts'
import { defaultRecommend } from '../ranking/defaults.ts'
import type {
  Arm,
  CleanSettings,
  GuardSettings,
  LearnSettings,
  PipelineDefinition,
  PlanSettings,
  RecommendSettings,
  Schedule,
  WindowSettings,
} from '../records/definition.ts'
import { presentGroup } from '../settings/renamed.ts'
import { defaultLearn } from './learn-defaults.ts'
import { nearest, settingsProblem } from './settings.ts'

/** What a pipeline must say of itself, and what it may; everything absent has the default that stands beside it. */
export interface PipelineInput
  extends Pick<PipelineDefinition, 'name' | 'behaviours' | 'reward' | 'scale' | 'source' | 'simulate'> {
  /** Default: empty. */
  description?: string
  /** Events before this are impossible, ms since 1970. Default: the year 2000, which also catches times in seconds. */
  epoch?: number
  /** Range of an event's value. Default: 0 to 1,000,000, not required. */
  value?: Partial<PipelineDefinition['value']>
  /** Default: the event's property "like" is above 0. */
  like?: PipelineDefinition['like']
  /** Default: every attribute as "name=value", every tag as "tag=value". */
  features?: PipelineDefinition['features']
  /** Partitions of the topics that have a user as their key. Default: 1. */
  partitions?: number
  /** How records are written (read is either). Default: 'avro'. */
  encoding?: 'avro' | 'json'
  /** Default: see `defaultClean`. */
  clean?: Partial<CleanSettings>
  /** Default: `defaultWindow`. */
  window?: Partial<PipelineDefinition['window']>
  /** Default: `defaultLearn`. */
  learn?: Partial<LearnSettings>
  /** Default: `defaultRecommend`. */
  recommend?: Partial<RecommendSettings>
  /** Default: `defaultArms`, today's champion for everybody. */
  arms?: readonly Arm[]
  /** Default: `defaultPlan`. */
  plan?: Partial<PlanSettings>
  /** Default: `defaultGuard`. */
  guard?: Partial<GuardSettings>
  /** Default: a snapshot every 5 minutes, a checkpoint every 10, compaction at 04:00, retention never. */
  schedule?: { [Key in keyof Schedule]?: Schedule[Key] | 'never' }
}

/**
 * A person enters no more than 120 events a minute; an id is a duplicate within a day of event time.
 *
 * Two generations of 200,000 ids are kept (about 60 MB when full): a repeat that comes after more than 400,000 other
 * events is not recognised, whatever its time.
 */
export const defaultClean: CleanSettings = {
  duplicateWindowMs: 86_400_000,
  duplicateCapacity: 200_000,
  maxFutureMs: 300_000,
  botLimit: 120,
  botWindowMs: 60_000,
}

/** Five records; half a million users and as many items take about 400 MB when all are there. */
export const defaultWindow: WindowSettings = {
  shortLength: 5,
  usersInMemory: 500_000,
  itemsInMemory: 500_000,
}

const defaultSchedule: Schedule = { snapshot: '*/5 * * * *', checkpoint: '*/10 * * * *', compaction: '0 4 * * *' }

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
    behaviours: input.behaviours,
    epoch: input.epoch ?? 946_684_800_000,
    value: { min: 0, max: 1_000_000, required: false, ...input.value },
    reward: input.reward,
    like: input.like ?? defaultLike,
    scale: input.scale,
    features: input.features ?? {},
    partitions: input.partitions ?? 1,
    encoding: input.encoding ?? 'avro',
    clean: { ...defaultClean, ...input.clean },
    window: { ...defaultWindow, ...input.window },
    learn: { ...defaultLearn, ...input.learn },
    recommend: { ...defaultRecommend, ...input.recommend },
    arms: input.arms ?? defaultArms,
    plan: { ...defaultPlan, ...input.plan },
    guard: { ...defaultGuard, ...input.guard },
    schedule: withoutNever({ ...defaultSchedule, ...input.schedule }),
    ...(input.source === undefined ? {} : { source: input.source }),
    ...(input.simulate === undefined ? {} : { simulate: input.simulate }),
  }
  const problem = definitionProblem(definition)
  if (problem !== null) throw invalid(problem)
  return definition
}

/** What is wrong with a definition, as a sentence; null for a good one. Also tells one from any other value. */
export function definitionProblem(definition: PipelineDefinition): string | null {
  const { name, behaviours, value, scale, features, source, simulate } = definition
  if (typeof name !== 'string' || !/^[a-z0-9][a-z0-9-]{0,99}$/.test(name)) {
    return `The name must be 1 to 100 lower-case letters, digits and dashes, not ${JSON.stringify(name)}; it is the prefix of every topic.`
  }
  const named = Array.isArray(behaviours) && behaviours.every(each => typeof each === 'string' && each !== '')
  if (!named || behaviours.length === 0 || new Set(behaviours).size < behaviours.length) {
    return `The behaviours of ${name} must be at least one event type, each a name that stands once, such as ['view', 'like'].`
  }
  for (const group of groups) {
    if (typeof definition[group] !== 'object' || definition[group] === null) {
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
  return armsProblem(definition) ?? settingsProblem(definition)
}

const groups = ['value', 'features', 'clean', 'window', 'learn', 'recommend', 'plan', 'guard', 'schedule'] as const

const known: Record<string, readonly string[]> = {
  '': [
    ...['name', 'description', 'behaviours', 'epoch', 'value', 'reward', 'like', 'scale', 'features', 'partitions'],
    ...['encoding', 'clean', 'window', 'learn', 'recommend', 'arms', 'plan', 'guard', 'schedule', 'source', 'simulate'],
  ],
  value: ['min', 'max', 'required'],
  features: ['user', 'item', 'context'],
  clean: Object.keys(defaultClean),
  window: ['shortLength', 'usersInMemory', 'itemsInMemory'],
  learn: Object.keys(defaultLearn),
  recommend: Object.keys(defaultRecommend),
  plan: Object.keys(defaultPlan),
  guard: Object.keys(defaultGuard),
  schedule: [...Object.keys(defaultSchedule), 'retention'],
  source: ['folder', 'kind', 'read'],
  simulate: ['event', 'profile', 'item'],
}

function inPresentWords(input: PipelineInput): PipelineInput {
  if (!isObject(input)) return input
  const { learn, recommend } = input
  return {
    ...input,
    ...(isObject(learn) ? { learn: presentGroup('learn', learn) } : {}),
    ...(isObject(recommend) ? { recommend: presentGroup('recommend', recommend) } : {}),
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** A mistyped key would silently leave a default in force, so it is an error. */
function unknownKey(input: PipelineInput): string | null {
  if (typeof input !== 'object' || input === null) return 'A pipeline must be an object.'
  for (const [group, names] of Object.entries(known)) {
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
