import { setImmediate as immediate } from 'node:timers/promises'
import { foldPairs, unfoldPairs } from '../predictors/ensemble/folded-pairs.ts'
import { foldVersions, unfoldVersions } from '../predictors/ensemble/folded-versions.ts'
import { foldKeys, unfoldKeys } from '../predictors/ensemble/watch/folded-keys.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'

/** Arrays that are folded together, by what they are called within their part, and how; `as`: what the result is called. */
const folds: readonly Fold[] = [
  { of: ['pairs', 'at', 'places'], as: '~pairs', fold: foldPairs, unfold: unfoldPairs },
  { of: ['keys', 'taken', 'size'], as: '~keys', fold: foldKeys, unfold: unfoldKeys },
  {
    of: [
      ...['ring', 'userTenants', 'itemTenants'],
      ...['users.partners', 'users.tenants', 'items.partners', 'items.tenants'],
    ],
    as: '~versions',
    fold: foldVersions,
    unfold: unfoldVersions,
  },
]

interface Fold {
  of: readonly string[]
  as: string
  fold: (arrays: SavedArrays) => SavedArrays | Generator<void, SavedArrays>
  unfold: (arrays: SavedArrays) => SavedArrays
}

/**
 * Arrays as a checkpoint holds them: what can be told in fewer bytes is, so that all its bits come back. A piece at a time, so
 * that whoever learns meanwhile waits for milliseconds; the arrays must not change.
 *
 *     unfoldArrays(await foldArrays(arrays))   // the same arrays
 */
export async function foldArrays(arrays: SavedArrays): Promise<SavedArrays> {
  const folded = { ...arrays }
  for (const { of, as, fold } of folds) {
    for (const part of partsWith(folded, of[0]!)) {
      const own = take(folded, part, of)
      if (own === null) continue
      const work = fold(own)
      const result = 'next' in work ? await inPieces(work as Generator<void, SavedArrays>) : work
      for (const [name, array] of Object.entries(result)) folded[`${part}${as}.${name}`] = array
      await immediate()
    }
  }
  return folded
}

/** What `foldArrays` took; arrays that never were folded are given back as they are. */
export function unfoldArrays(arrays: SavedArrays): SavedArrays {
  const unfolded = { ...arrays }
  for (const { as, unfold } of folds) {
    const found = Object.keys(unfolded).flatMap(name => (name.includes(`${as}.`) ? [name.split(`${as}.`)] : []))
    for (const part of new Set(found.map(([part]) => part!))) {
      const names = found.flatMap(([of, name]) => (of === part ? [name!] : []))
      const own = take(unfolded, `${part}${as}.`, names)!
      for (const [name, array] of Object.entries(unfold(own))) unfolded[`${part}${name}`] = array
    }
  }
  return unfolded
}

/** The parts, with a dot at the end, that have an array of this name. */
function partsWith(arrays: SavedArrays, name: string): string[] {
  return Object.keys(arrays).flatMap(each => (each.endsWith(`.${name}`) ? [each.slice(0, -name.length)] : []))
}

/** Take a part's arrays out of all; null, and nothing is taken, where one is missing. */
function take(arrays: SavedArrays, part: string, names: readonly string[]): SavedArrays | null {
  if (!names.every(name => `${part}${name}` in arrays)) return null
  const own = Object.fromEntries(names.map(name => [name, arrays[`${part}${name}`]!]))
  for (const name of names) delete arrays[`${part}${name}`]
  return own
}

async function inPieces(work: Generator<void, SavedArrays>): Promise<SavedArrays> {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
    await immediate()
  }
}
