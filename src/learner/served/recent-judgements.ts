import type { SavedArrays } from '../../state/saved-arrays.ts'

/** A target event and the list that it was held against. */
export interface JudgedEvent {
  /** Place in the list, from 0; −1: it was not in it. */
  place: number
  /** It was the first that this list was held against. */
  first: boolean
  /** What it adds to its list's recall. */
  recall: number
  /** Event time, ms. */
  time: number
}

/** The newest judgements, ten thousand at most. */
export interface RecentJudgements {
  add(judged: JudgedEvent): void
  /** Those of event times after `time`, in no order. */
  since(time: number): JudgedEvent[]
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export const mostRecent = 10_000

/** A ring of them that grows by need, 24 bytes each. */
export function recentJudgements(): RecentJudgements {
  let rows = new Float64Array(3 * 64) // place and whether first in one number, recall, time
  let count = 0
  return {
    add({ place, first, recall, time }) {
      const at = 3 * (count % mostRecent)
      if (at >= rows.length) {
        const grown = new Float64Array(Math.min(3 * mostRecent, 2 * rows.length))
        grown.set(rows)
        rows = grown
      }
      rows[at] = 2 * (place + 1) + (first ? 1 : 0)
      rows[at + 1] = recall
      rows[at + 2] = time
      count += 1
    },
    since(time) {
      const found: JudgedEvent[] = []
      for (let k = 0, held = Math.min(count, mostRecent); k < held; k++) {
        const [packed, recall, at] = [rows[3 * k]!, rows[3 * k + 1]!, rows[3 * k + 2]!]
        if (at > time) found.push({ place: Math.floor(packed / 2) - 1, first: packed % 2 === 1, recall, time: at })
      }
      return found
    },
    save: () => ({ rows: rows.slice(0, 3 * Math.min(count, mostRecent)), count: Float64Array.of(count) }),
    restore(arrays) {
      const saved = arrays['rows'] as Float64Array
      rows = new Float64Array(Math.max(3 * 64, saved.length))
      rows.set(saved)
      count = (arrays['count'] as Float64Array)[0]!
    },
  }
}
