import type { KeyTable } from '../../../predictors/ensemble/watch/key-table.ts'
import type { Exchanged } from './exchanged.ts'
import type { Steps } from './stepped-policy.ts'

/** Two numbers a key as they were before the first event since the last exchange that changes them. */
interface Before {
  first: number
  second: number
  prior: number
}

export interface KeyedExchange extends Exchanged {
  /** Called before an event changes what is held of a key; `prior`: the variance of its weight before anything was learned. */
  note(key: number, prior?: number): void
}

/** How the first of a key's numbers adds up, and what becomes of it again. */
interface Coordinates {
  /** What a learner has added, from what it held before. */
  added(now: Before, before: Before): number
  /** The first number, from what all held before, with what all have added of both numbers. */
  merged(before: Before, first: number, second: number): number
}

/** Sums by key: the old and what each learner has added. */
export const keyedSums = (table: () => KeyTable): KeyedExchange =>
  keyed(table, {
    added: (now, before) => now.first - before.first,
    merged: (before, first) => before.first + first,
  })

/**
 * Weights by key, each a normal distribution of its own: of a key is held how far the mean lies from where it began, and the evidence
 * beside the prior. Evidence adds up.
 *
 * `added`: so does precision times mean, as it does of a posterior with all covariances. These have none, so that learners who
 * explain the same rewards by many weights each move all of them, and together move too far. `averaged`: the mean moves by what
 * the learners' means moved, weighted by the evidence that each has gained.
 */
export const keyedPosteriors = (table: () => KeyTable, steps: Steps): KeyedExchange =>
  keyed(table, steps === 'added' ? natural : weighted)

const precision = ({ prior, second }: Before) => 1 / prior + second
const natural: Coordinates = {
  added: (now, before) => precision(now) * now.first - precision(before) * before.first,
  merged: (before, first, second) => (precision(before) * before.first + first) / (precision(before) + second),
}
const weighted: Coordinates = {
  added: (now, before) => (now.second - before.second) * (now.first - before.first),
  merged: (before, first, second) => before.first + (second > 0 ? first / second : 0),
}

function keyed(table: () => KeyTable, { added, merged }: Coordinates): KeyedExchange {
  let changed = new Map<number, Before>()
  const held = (key: number, prior: number): Before => {
    const { values } = table()
    const at = 2 * table().find(key)
    return at < 0 ? { first: 0, second: 0, prior } : { first: values[at]!, second: values[at + 1]!, prior }
  }
  return {
    note(key, prior = 1) {
      if (!changed.has(key)) changed.set(key, held(key, prior))
    },
    give() {
      const keys = Int32Array.from(changed.keys())
      const priors = Float32Array.from(changed.values(), ({ prior }) => prior)
      const [first, second] = [new Float64Array(keys.length), new Float64Array(keys.length)]
      let k = 0
      for (const [key, before] of changed) {
        const now = held(key, before.prior)
        first[k] = added(now, before)
        second[k++] = now.second - before.second
      }
      return { keys, priors, first, second }
    },
    take(given) {
      const sums = new Map<number, { before: Before; first: number; second: number }>()
      for (const { keys, priors, first, second } of given) {
        for (let k = 0; k < keys!.length; k++) {
          const key = keys![k]!
          let sum = sums.get(key)
          if (sum === undefined) {
            sum = { before: changed.get(key) ?? held(key, priors![k]!), first: 0, second: 0 }
            sums.set(key, sum)
          }
          sum.first += first![k]!
          sum.second += second![k]!
        }
      }
      changed = new Map()
      for (const [key, { before, first, second }] of sums) {
        const at = 2 * table().admit(key)
        const { values } = table()
        values[at] = merged(before, first, second)
        values[at + 1] = before.second + second
      }
    },
  }
}
