import type { SavedArrays } from '../../../state/saved-arrays.ts'

/**
 * A part of what learners with different users share: what each has learned since the last exchange goes to all, and all go on
 * with the same.
 *
 *     const given = learners.map(each => each.give(touched))   // plain arrays: they may go to another process
 *     for (const [own, each] of learners.entries()) each.take(given, own)
 *
 * The order of `given` is that of the learners, so that sums have the same bits in each.
 */
export interface Exchanged {
  give(touched: Touched): SavedArrays
  take(given: readonly SavedArrays[], own: number): void
}

/** Items that had an event of this learner since the last exchange, in order of slots, and how many each. */
export interface Touched {
  items: Int32Array
  events: Int32Array
}

/**
 * State that adds up in some coordinates: counts and sums as they are, a mean as count and sum, a normal posterior as precision
 * and precision times mean. All go on with the old plus what each has added.
 */
export function additive(part: {
  /** The state in these coordinates; the caller may keep the arrays. */
  read: () => SavedArrays
  write: (arrays: SavedArrays) => void
}): Exchanged {
  const old = part.read()
  return {
    give: () =>
      Object.fromEntries(
        Object.entries(part.read()).map(([name, now]) => [name, differenceOf(now as Float64Array, old[name]!)]),
      ),
    take(given) {
      for (const added of given) {
        for (const [name, values] of Object.entries(added)) {
          const sum = old[name]!
          for (let k = 0; k < values.length; k++) sum[k]! += values[k]!
        }
      }
      part.write(old)
    },
  }
}

/** By how much numbers grew, up to the last that did. */
function differenceOf(now: Float64Array, old: SavedArrays[string]): Float64Array {
  let length = 0
  for (let k = 0; k < now.length; k++) {
    now[k]! -= old[k]!
    if (now[k] !== 0) length = k + 1
  }
  return now.slice(0, length)
}
