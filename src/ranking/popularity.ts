import { lengthClass, lengthClasses } from '../predictors/baselines/length-class.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { columnSet, doubleColumn, floatColumn } from '../state/slot-column.ts'

/** How often items are picked: ever, of late, and by users with as long a history as this one. */
export interface Popularity {
  /** An event of a user with `known` events before it. */
  learn(item: number, known: number): void
  count(item: number): number
  /** Events of late, where those `halfLives[k]` events ago count half. */
  lately(item: number, k: number): number
  /** Events of users with about as many events before them as `known`. */
  atLength(item: number, known: number): number
  /** `lately(item, 1)` as a raw number, good for comparing with others only. */
  rank(item: number): number
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Half-lives of recent popularity, events. */
export const halfLives = [200, 2_000, 20_000] as const

/** Popularity in fourteen counts an item: all events, three decayed, and one for each doubling of the history's length. */
export function popularityCounts(): Popularity {
  const counts = floatColumn()
  const decayed = doubleColumn(halfLives.length)
  const byLength = floatColumn(lengthClasses)
  const columns = columnSet({ counts, decayed, byLength })
  const growth = halfLives.map(halfLife => 2 ** (1 / halfLife))
  // New events weigh more instead of old ones shrinking; all is scaled back before numbers get large.
  const scales = new Float64Array(halfLives.length).fill(1)

  return {
    learn(item, known) {
      counts.data[item]! += 1
      byLength.data[item * lengthClasses + lengthClass(known)]! += 1
      for (let k = 0; k < scales.length; k++) {
        scales[k]! *= growth[k]!
        decayed.data[item * scales.length + k]! += scales[k]!
        if (scales[k]! < limit) continue
        for (let at = k; at < decayed.data.length; at += scales.length) decayed.data[at]! /= scales[k]!
        scales[k] = 1
      }
    },
    count: item => counts.data[item]!,
    lately: (item, k) => decayed.data[item * scales.length + k]! / scales[k]!,
    atLength(item, known) {
      const at = item * lengthClasses
      const own = lengthClass(known)
      const before = own > 0 ? byLength.data[at + own - 1]! : 0
      const after = own < lengthClasses - 1 ? byLength.data[at + own + 1]! : 0
      return byLength.data[at + own]! + 0.5 * (before + after)
    },
    rank: item => decayed.data[item * scales.length + 1]!,
    reset: columns.reset,
    save: items => ({ ...columns.save(items), scales: scales.slice() }),
    restore(arrays) {
      columns.restore(arrays)
      scales.set(arrays['scales'] as Float64Array)
    },
  }
}

const limit = 2 ** 400
