import { RecstreamError } from '../errors.ts'
import { presentWords } from '../settings/renamed.ts'

/** One option of an agent: what it is and what is allowed; help, validation and tuning read the same list. */
export type AgentOption = { name: string; about: string } & (
  | { scale: 'linear' | 'log' | 'integer'; min: number; max: number }
  | { choices: readonly (string | boolean)[] }
)

export const numeric = (name: string, min: number, max: number, about: string): AgentOption => {
  return { name, min, max, about, scale: 'linear' }
}
export const logarithmic = (name: string, min: number, max: number, about: string): AgentOption => {
  return { name, min, max, about, scale: 'log' }
}
export const whole = (name: string, min: number, max: number, about: string): AgentOption => {
  return { name, min, max, about, scale: 'integer' }
}
export const oneOf = (name: string, choices: readonly (string | boolean)[], about: string): AgentOption => {
  return { name, choices, about }
}

/** Options as they are given: by name, those of a group with a dot ("epsilon.to") or as an object; text is read as a value. */
export type GivenOptions = Readonly<Record<string, unknown>>

/**
 * Defaults with what was given in their place.
 *
 *     withOptions('dqn', defaultDqn, dqnSpace, { gamma: '0.9', 'epsilon.to': 0.1 })
 *
 * An unknown name or a value that is not allowed is CONFIG_INVALID, with what is.
 */
export function withOptions<O extends object>(
  agent: string,
  defaults: O,
  space: readonly AgentOption[],
  given: GivenOptions,
): O {
  const options = structuredClone(defaults) as Record<string, unknown>
  for (const [name, text] of Object.entries(presentWords(flat(given), name => `option ${name} of ${agent}`))) {
    const option = space.find(each => each.name === name)
    if (option === undefined) {
      throw invalid(`${agent} has no option "${name}"; it has ${space.map(each => each.name).join(', ')}.`)
    }
    const value = chosenValue(agent, option, text)
    const [group, key] = name.split('.') as [string, string?]
    if (key === undefined) options[group] = value
    else (options[group] as Record<string, unknown>)[key] = value
  }
  return options as O
}

function flat(given: GivenOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner])
        : [[name, value]],
    ),
  )
}

function chosenValue(agent: string, option: AgentOption, given: unknown): unknown {
  if ('choices' in option) {
    const found = option.choices.find(choice => String(choice) === String(given))
    if (found !== undefined) return found
    throw invalid(`The option ${option.name} of ${agent} must be one of ${option.choices.join(', ')}, not "${given}".`)
  }
  const { name, min, max, scale } = option
  const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  const isRight = typeof value === 'number' && value >= min && value <= max
  if (isRight && (scale !== 'integer' || Number.isInteger(value))) return value
  const kind = scale === 'integer' ? 'a whole number' : 'a number'
  throw invalid(`The option ${name} of ${agent} must be ${kind} from ${min} to ${max}, not "${given}".`)
}

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)

/** What agents with long and short interests share. */
export interface InterestOptions {
  /** The long interest's cell: RLSTM, LSTM or none; the short one's attention: with weights that grow with time, equal ones, or none. */
  long: 'rlstm' | 'lstm' | 'none'
  short: 't-self-attention' | 'self-attention' | 'none'
  /** Units of each interest, and numbers in the state. */
  hidden: number
  state: number
  /** Discount per item shown. */
  gamma: number
  /** Days away after which what follows is worth 1/e. */
  awayDays: number
}

/** What agents that learn from replay share besides. */
export interface ReplayOptions {
  /** Items over which rewards are summed before a target network is asked for the rest. */
  steps: number
  /** The user's last items that are not to be shown again, and so are none of what can come next. */
  exclude: number
  /** Events between updates, transitions in an update and in memory, and events before the first update. */
  trainEvery: number
  batch: number
  memory: number
  warmUp: number
}

/** Both interests, at the sizes that suffice for a thousand users and items. */
export const defaultInterest = {
  long: 'rlstm',
  short: 't-self-attention',
  hidden: 32,
  state: 64,
  awayDays: 1,
} as const satisfies Partial<InterestOptions>

export const defaultReplay: ReplayOptions = {
  steps: 5,
  exclude: 100,
  trainEvery: 32,
  batch: 256,
  memory: 60_000,
  warmUp: 4_000,
}

/** Options that agents with long and short interests share, and those of replay. */
export const interestOptions: readonly AgentOption[] = [
  oneOf('long', ['rlstm', 'lstm', 'none'], "the long interest's cell: RLSTM, LSTM, or none"),
  oneOf(
    'short',
    ['t-self-attention', 'self-attention', 'none'],
    "weights of the short interest's attention: growing with time, equal, or none",
  ),
  whole('hidden', 1, 512, 'units of each interest'),
  whole('state', 1, 1024, 'numbers in the state'),
  numeric('gamma', 0, 0.9999, 'discount per item shown'),
  logarithmic('awayDays', 0.01, 1000, 'days away after which what follows is worth 1/e'),
  whole('steps', 1, 50, 'items over which rewards are summed before bootstrapping'),
  whole('exclude', 0, 10_000, "the user's last items that are not to be shown again"),
  whole('trainEvery', 1, 100_000, 'events between updates'),
  whole('batch', 1, 8192, 'transitions in an update'),
  whole('memory', 64, 4_000_000, 'transitions in the replay buffer'),
  whole('warmUp', 1, 4_000_000, 'events before the first update'),
]

/** A group of three options: a value that goes from one to another in so many events. */
export const decayOptions = (name: string, min: number, max: number, about: string): AgentOption[] => [
  numeric(`${name}.from`, min, max, `${about}, at first`),
  numeric(`${name}.to`, min, max, `${about}, in the end`),
  whole(`${name}.steps`, 1, 1_000_000_000, `events in which ${name} gets there`),
]
