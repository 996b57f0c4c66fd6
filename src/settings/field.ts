/**
 * One setting of a pipeline, or one option of an agent. Its type, default and validation, help, pages, the checkpoint's
 * identity and what `tune` searches all come from here.
 */
export type Field<V = unknown> = Described<V> &
  (
    | { type: 'integer' | 'number'; min: number; max: number }
    | { type: 'choice'; of: readonly (string | boolean)[] }
    | { type: 'cron' }
  )

interface Described<V> extends More {
  /** Undefined: it may be left out. */
  default: V
  /** What a number counts or measures. */
  unit: string
  /** What it is, without a full stop: "sequences per training step". */
  about: string
}

interface More {
  /** Whether a learner's checkpoint means something else with another value: always, with a smaller one, or where agents plan. */
  checkpoint?: 'always' | 'at least' | 'with agents'
  /** Its values differ by factors: a range of it is searched by factors. */
  log?: true
  /** What `tune` searches where nothing is said: some of all that is allowed. */
  search?: Search
  /** Beside which others it does anything; absent: beside all. */
  use?: Use
}

/**
 * It does something where each of `only` has one of these values, and where not all of `unless` have theirs; with `worlds`
 * where an agent acts in simulated worlds, and not on a log.
 */
export interface Use {
  worlds?: true
  only?: Readonly<Record<string, readonly Value[]>>
  unless?: Readonly<Record<string, Value>>
}
type Value = number | string | boolean

/** Some values, or all between two ends on a scale. */
export type Search = readonly (number | string | boolean)[] | { readonly min: number; readonly max: number }

/** Fields by name; those of a group stand together. */
export type Fields = { readonly [name: string]: Field | Fields }

/** The values of fields, as they are used. */
export type ValuesOf<F> = { -readonly [K in keyof F]: F[K] extends Field<infer V> ? V : ValuesOf<F[K]> }

type OrNone<D> = D extends number ? number : number | undefined

const numeric =
  (type: 'integer' | 'number') =>
  <D extends number | undefined>(
    standard: D,
    [min, max]: readonly [number, number],
    unit: string,
    about: string,
    more: More = {},
  ): Field<OrNone<D>> => ({ type, default: standard as OrNone<D>, min, max, unit, about, ...more })

/**
 * A whole number: its default, what is allowed, its unit, and what it is.
 *
 *     blockSize: integer(256, [1, 65_536], 'sequences', 'sequences per training step', { checkpoint: 'always' })
 */
export const integer = numeric('integer')

/** Any number; see `integer`. */
export const number = numeric('number')

/**
 * One of some names, or true or false.
 *
 *     encoding: choice('avro', ['avro', 'json'], 'of what is written')
 */
export function choice<const C extends string | boolean>(
  standard: NoInfer<C>,
  of: readonly C[],
  about: string,
  more: More = {},
): Field<C> {
  return { type: 'choice', default: standard, of, unit: 'a name', about, ...more }
}

/** A cron expression; undefined: never. */
export function cron(standard: string | undefined, about: string): Field<string | undefined> {
  return { type: 'cron', default: standard, unit: 'cron', about }
}

export const isField = (part: Field | Fields): part is Field => typeof part['about'] === 'string'

/**
 * Fields with their paths, in order.
 *
 *     flat({ epsilon: { from: number(…), to: number(…) } })   // [['epsilon.from', …], ['epsilon.to', …]]
 */
export function flat(fields: Fields, before = ''): [string, Field][] {
  return Object.entries(fields).flatMap(([name, part]) =>
    isField(part) ? [[before + name, part] as [string, Field]] : flat(part, `${before}${name}.`),
  )
}

/**
 * Every default; a group without any is left out.
 *
 *     defaultsOf({ seed: integer(1, [0, 9], 'a seed', 'seed of the learner') })   // { seed: 1 }
 */
export function defaultsOf<const F extends Fields>(fields: F): ValuesOf<F> {
  const values = Object.entries(fields).map(([name, part]) => [name, isField(part) ? part.default : defaultsOf(part)])
  const given = values.filter(([, value]) => value !== undefined && !isEmpty(value))
  return Object.fromEntries(given) as ValuesOf<F>
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0
