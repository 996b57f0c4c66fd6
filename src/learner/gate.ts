import type { SavedArrays } from '../state/saved-arrays.ts'

/** Decides which policy is served. */
export interface Gate {
  readonly champion: string
  /** The recent squared errors of all policies, in their order; rewards in [0, 1]. */
  add(errors: ArrayLike<number>): void
  /** How good a list of a policy was for its user's next target event, in [0, 1]. */
  judged(policy: number, worth: number): void
  /**
   * Promote the best policy if it leads the champion by the margin, or take a promotion back that made lists worse. Where lists
   * are not steady (default: they are), nothing is promoted.
   */
  decide(steady?: boolean): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** A promotion is on trial for so many judged lists, and may be taken back after the first of these numbers. */
const trial = { least: 200, most: 5_000 }
/** Standard errors by which lists must be worse: it is looked at after every block, so two would come about by chance. */
const worse = 3
/** A policy whose promotion was taken back is not promoted again for this many half-lives. */
const barredFor = 20

/**
 * A champion and its challengers by their recent squared error, older events counting half every `halfLife` events.
 *
 * The first in the list is champion to begin with. A policy that turns worse is rolled back the way it was promoted, and
 * the margin keeps two that are alike from changing places all the time. What predicts better may still make worse lists:
 * those of a new champion are held against those of the one before, and where they are clearly worse, that one serves again.
 */
export function gate(policies: readonly string[], options: { margin: number; halfLife: number }): Gate {
  const fade = 2 ** (-1 / options.halfLife)
  const sums = new Float64Array(policies.length)
  const state = new Float64Array(2) // events, champion
  /** The event up to which a policy is not promoted. */
  const barred = new Float64Array(policies.length)
  /** The champion before, −1 where nothing is on trial; then count, sum and sum of squares of its lists, and of the champion's. */
  const lists = new Float64Array(7).fill(0)
  lists[0] = -1

  /** By how many standard errors the champion's lists are better than those of the one before. */
  const lead = (): number => {
    const of = (at: number) => {
      const [count, sum, squares] = [lists[at]!, lists[at + 1]!, lists[at + 2]!]
      const mean = sum / count
      return { mean, error: Math.max(0, squares / count - mean * mean) / count }
    }
    const [before, now] = [of(1), of(4)]
    return (now.mean - before.mean) / Math.sqrt(before.error + now.error + 1e-12)
  }
  const takenBack = (): boolean => {
    if (lists[0]! < 0 || lists[4]! < trial.least) return false
    const isWorse = lists[1]! >= trial.least && lead() < -worse
    if (isWorse) {
      barred[state[1]!] = state[0]! + barredFor * options.halfLife
      state[1] = lists[0]!
      lists.copyWithin(4, 1, 4)
    }
    if (isWorse || lists[4]! >= trial.most) lists[0] = -1
    return isWorse
  }

  return {
    get champion() {
      return policies[state[1]!]!
    },
    add(errors) {
      for (let k = 0; k < sums.length; k++) sums[k] = fade * sums[k]! + errors[k]!
      state[0]! += 1
    },
    judged(policy, worth) {
      if (policy !== state[1]) return
      // Of the newest lists, twice the most that a trial takes.
      if (lists[4]! >= 2 * trial.most) for (let k = 4; k < 7; k++) lists[k]! /= 2
      lists[4]! += 1
      lists[5]! += worth
      lists[6]! += worth * worth
    },
    decide(steady = true) {
      if (state[0]! < options.halfLife || takenBack() || !steady) return
      let best = state[1]!
      for (let k = 0; k < sums.length; k++) if (sums[k]! < sums[best]! && barred[k]! <= state[0]!) best = k
      if (!(sums[best]! < (1 - options.margin) * sums[state[1]!]!)) return
      // What was on trial itself is no measure: the one before it stays that.
      if (lists[0]! < 0) {
        lists[0] = state[1]!
        lists.copyWithin(1, 4, 7)
      }
      lists.fill(0, 4)
      state[1] = best
    },
    save: () => ({ sums: sums.slice(), state: state.slice(), barred: barred.slice(), lists: lists.slice() }),
    restore(arrays) {
      sums.set(arrays['sums'] as Float64Array)
      state.set(arrays['state'] as Float64Array)
      barred.set(arrays['barred'] as Float64Array)
      lists.set(arrays['lists'] as Float64Array)
    },
  }
}
