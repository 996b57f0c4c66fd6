import { noticeRenamed } from './notice.ts'

// Names of 0.1.0, of settings by their path and of agents' options by their name. All of it goes with the next version.

const names: Readonly<Record<string, string>> = {
  'learn.stack': 'learn.ensemble',
  'recommend.followers': 'recommend.coOccurrences',
  barred: 'exclude',
}

const long = { lift: 'rlstm', identity: 'lstm' }
const short = { time: 't-self-attention', plain: 'self-attention' }
const values: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ...{ 'learn.longInterest': long, long },
  ...{ 'learn.shortInterest': short, short },
}

/** What a definition may say of settings: those of today, and what 0.1.0 called them. */
export type WithFormer<Now, Former> = { [K in keyof Now]?: Now[K] | (K extends keyof Former ? Former[K] : never) } & {
  [K in Exclude<keyof Former, keyof Now>]?: Former[K]
}
export interface FormerLearn {
  /** @deprecated Write `ensemble`. */
  stack: 'lite' | 'full'
  longInterest: keyof typeof long
  shortInterest: keyof typeof short
}
export interface FormerRecommend {
  /** @deprecated Write `coOccurrences`. */
  followers: number
}

/**
 * Settings or options with the names and values of today, whatever they were given with.
 *
 *     presentWords({ 'learn.stack': 'full', 'learn.longInterest': 'lift' }, path => `setting ${path}`)
 *     // { 'learn.ensemble': 'full', 'learn.longInterest': 'rlstm' }, with a notice for each
 *
 * `called` says what a name is of, for the notices; without it there are none.
 */
export function presentWords(
  given: Readonly<Record<string, unknown>>,
  called?: (name: string) => string,
): Record<string, unknown> {
  const present: [string, unknown][] = []
  const renamed: [string, unknown][] = []
  for (const [before, value] of Object.entries(given)) {
    const name = own(names, before) ?? before
    const word = typeof value === 'string' ? own(own(values, name) ?? {}, value) : undefined
    if (name !== before && called) noticeRenamed(`The ${called(before)}`, name)
    if (word !== undefined && called) noticeRenamed(`The value "${value}" of the ${called(name)}`, word)
    const into = name === before ? present : renamed
    into.push([name, word ?? value])
  }
  // The old name counts where both are given: whoever writes { ...defaults, oldName } has the new one too.
  return Object.fromEntries([...present, ...renamed])
}

/** The name of today of one setting or option, with a notice where it is another one; see `presentWords`. */
export function presentName(name: string, called: (name: string) => string): string {
  return Object.keys(presentWords({ [name]: null }, called))[0]!
}

/**
 * A group of settings in the words of today.
 *
 *     presentGroup('learn', { stack: 'full' })   // { ensemble: 'full' }
 */
export function presentGroup(group: string, given: object): object {
  const byPath = Object.fromEntries(Object.entries(given).map(([key, value]) => [`${group}.${key}`, value]))
  const present = presentWords(byPath, path => `setting ${path}`)
  return Object.fromEntries(Object.entries(present).map(([path, value]) => [path.slice(group.length + 1), value]))
}

const own = <V>(table: Readonly<Record<string, V>>, key: string): V | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
