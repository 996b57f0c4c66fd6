import type { SavedArrays } from '../state/saved-arrays.ts'

/** Decides which policy is served. */
export interface Gate {
  readonly champion: string
  /** The recent squared errors of all policies, in their order; rewards in [0, 1]. */
  add(errors: ArrayLike<number>): void
  /** Promote the best policy if it leads the champion by the margin. */
  decide(): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * A champion and its challengers by their recent squared error, older events counting half every `halfLife` events.
 *
 * The first in the list is champion to begin with. A policy that turns worse is rolled back the way it was promoted, and
 * the margin keeps two that are alike from changing places all the time.
 */
export function gate(policies: readonly string[], options: { margin: number; halfLife: number }): Gate {
  const fade = 2 ** (-1 / options.halfLife)
  const sums = new Float64Array(policies.length)
  const state = new Float64Array(2) // events, champion
  return {
    get champion() {
      return policies[state[1]!]!
    },
    add(errors) {
      for (let k = 0; k < sums.length; k++) sums[k] = fade * sums[k]! + errors[k]!
      state[0]! += 1
    },
    decide() {
      if (state[0]! < options.halfLife) return
      let best = 0
      for (let k = 1; k < sums.length; k++) if (sums[k]! < sums[best]!) best = k
      if (sums[best]! < (1 - options.margin) * sums[state[1]!]!) state[1] = best
    },
    save: () => ({ sums: sums.slice(), state: state.slice() }),
    restore(arrays) {
      sums.set(arrays['sums'] as Float64Array)
      state.set(arrays['state'] as Float64Array)
    },
  }
}
