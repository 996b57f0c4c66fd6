import type { CandidateSource } from './candidate-source.ts'

/**
 * Whatever else there is, most wanted first: for those to whom nothing of what is popular may be shown any more.
 *
 * It looks at all items, and is asked where the other sources leave room.
 */
export function otherItems(itemCount: () => number, wanted: (item: number) => number): CandidateSource {
  return {
    find({ allowed }, into, room) {
      const left: number[] = []
      for (let item = 0; item < itemCount(); item++) if (allowed(item)) left.push(item)
      if (left.length > room) left.sort((a, b) => wanted(b) - wanted(a) || a - b)
      const count = Math.min(room, left.length)
      for (let k = 0; k < count; k++) into[k] = left[k]!
      return count
    },
  }
}
