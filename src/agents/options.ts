import { RecstreamError } from '../errors.ts'
import { fromText, shown, wanted } from '../settings/check.ts'
import { choice, defaultsOf, type Fields, flat, integer, number, type ValuesOf } from '../settings/field.ts'
import { nearest } from '../settings/nearest.ts'
import { presentWords } from '../settings/renamed.ts'
import { idleOptions } from './option-use.ts'

/** Options as they are given: by name, those of a group with a dot ("epsilon.to") or as an object; text is read as a value. */
export type GivenOptions = Readonly<Record<string, unknown>>

/**
 * Defaults with what was given in their place; `usual` are defaults that go before those of the fields.
 *
 *     withOptions('dqn', dqnOptions, { gamma: '0.9', 'epsilon.to': 0.1 })
 *
 * An unknown name, a value that is not allowed, or an option that does nothing beside the others is CONFIG_INVALID, with what
 * to do. Beside options that are named `open`, which may yet have any value, every other one may do something.
 */
export function withOptions<F extends Fields>(
  agent: string,
  fields: F,
  given: GivenOptions,
  { usual = {}, open }: { usual?: GivenOptions | undefined; open?: ReadonlySet<string> | undefined } = {},
): ValuesOf<F> {
  const options = defaultsOf(fields) as Record<string, unknown>
  const known = new Map(flat(fields))
  const present = presentWords(byPath(given), name => `option ${name} of ${agent}`)
  for (const [name, text] of Object.entries({ ...usual, ...present })) {
    const field = known.get(name)
    if (field === undefined) throw invalid(unknownOption(agent, name, [...known.keys()]))
    const value = fromText(field, text)
    const allowed = wanted(field, value)
    if (allowed !== null) throw invalid(`The option ${name} of ${agent} must be ${allowed}, not ${shown(text)}.`)
    const [group, key] = name.split('.') as [string, string?]
    if (key === undefined) options[group] = value
    else options[group] = { ...(options[group] as object), [key]: value }
  }
  const [idle] = idleOptions(fields, Object.keys(present), options, open)
  if (idle !== undefined) throw invalid(`The option ${idle.name} of ${agent} ${idle.why}.`)
  return options as ValuesOf<F>
}

function unknownOption(agent: string, name: string, known: readonly string[]): string {
  if (known.length === 0) return `${agent} has no option "${name}", nor any other.`
  return `${agent} has no option "${name}"; the nearest are ${nearest(name, known).join(', ')}, and all are ${known.join(', ')}.`
}

function byPath(given: GivenOptions): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).map(([key, inner]) => [`${name}.${key}`, inner])
        : [[name, value]],
    ),
  )
}

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)

/** Discount per item shown. */
export const discount = (standard: number, more: { search?: readonly number[] } = {}) =>
  number(standard, [0, 0.9999], 'a factor per item', 'discount per item shown', more)

/** Of use only where more than one item is looked ahead. */
export const farSighted = { unless: { gamma: 0 } }

export const awayDays = number(1, [0.01, 1000], 'days', 'days away after which what follows is worth 1/e', {
  ...{ log: true, use: farSighted },
})

/** What agents with long and short interests share, at the sizes that suffice for a thousand users and items. */
export const interestOptions = (gamma: number) => ({
  gamma: discount(gamma, { search: [0.8, 0.9, 0.95, 0.98, 0.99] }),
  long: choice('rlstm', ['rlstm', 'lstm', 'none'], "the long interest's cell: RLSTM, LSTM, or none", {
    search: ['rlstm', 'lstm'],
  }),
  short: choice(
    't-self-attention',
    ['t-self-attention', 'self-attention', 'none'],
    "the short interest's attention: with weights that grow with time, with equal ones, or none",
  ),
  hidden: integer(32, [1, 512], 'units', 'units of each interest', {
    ...{ search: [16, 32, 64], use: { unless: { long: 'none', short: 'none' } } },
  }),
  state: integer(64, [1, 1024], 'numbers', 'numbers in the state', { search: [32, 64, 128] }),
  hiddenLayers: integer(1, [1, 4], 'layers', 'layers from the interests to the state, each of as many numbers', {
    search: [1, 2],
  }),
  awayDays,
})
export type InterestOptions = ValuesOf<ReturnType<typeof interestOptions>>

/** What agents that learn from replay share besides. */
export const replayOptions = {
  steps: integer(
    5,
    [1, 50],
    'items',
    'items over which rewards are summed before a target network is asked for the rest',
    {
      ...{ search: [1, 3, 5, 10], use: farSighted },
    },
  ),
  exclude: integer(
    100,
    [0, 10_000],
    'items',
    "the user's last items, which are not to be shown again, and so are none of what can come next",
  ),
  trainEvery: integer(32, [1, 100_000], 'events', 'events between updates', { search: [16, 32, 64] }),
  batch: integer(256, [1, 8192], 'transitions', 'transitions in an update', { search: [64, 128, 256] }),
  memory: integer(60_000, [64, 4_000_000], 'transitions', 'transitions in the replay buffer', {
    ...{ log: true, search: { min: 5_000, max: 60_000 } },
  }),
  warmUp: integer(4_000, [1, 4_000_000], 'events', 'events before the first update'),
}

export const learningRate = (standard: number, of: string, search = { min: 3e-4, max: 3e-3 }) =>
  number(standard, [1e-6, 1], 'per update', `learning rate${of}`, { log: true, search })

/** How much is shown at random: a share that goes from one value to another. */
export const explorationOptions = (about: string, standard: { from: number; to: number; steps: number }) => ({
  from: number(standard.from, [0, 1], 'a share', `${about}, at first`),
  to: number(standard.to, [0, 1], 'a share', `${about}, in the end`, { search: { min: 0.01, max: 0.15 } }),
  steps: integer(standard.steps, [1, 1_000_000_000], 'events', 'events in which that share gets there', {
    ...{ log: true, search: { min: 3_000, max: 30_000 } },
  }),
})
