import type { CandidateSource } from './candidate-source.ts'

/**
 * Whatever else there is, most wanted first: for those to whom nothing of what is popular may be shown any more.
 *
 * It is asked where the other sources leave room, and asks of no more items than it takes whether they are allowed, where
 * more are: in a large catalogue that few have met that is what lists cost.
 */
export function otherItems(itemCount: () => number, wanted: (item: number) => number): CandidateSource {
  const byWish = (items: number[]) => items.sort((a, b) => wanted(b) - wanted(a) || a - b)
  return {
    find({ allowed }, into, room) {
      const items = itemCount()
      const [liked, disliked]: [number[], number[]] = [[], []]
      for (let item = 0; item < items; item++) {
        const wish = wanted(item)
        if (wish > 0) liked.push(item)
        else if (wish < 0) disliked.push(item)
      }
      const left: number[] = []
      const take = (item: number) => {
        if (left.length <= room && allowed(item)) left.push(item)
      }
      for (const item of byWish(liked)) take(item)
      for (let item = 0; item < items && left.length <= room; item++) if (wanted(item) === 0) take(item)
      for (const item of byWish(disliked)) take(item)
      if (left.length <= room) left.sort((a, b) => a - b)
      const count = Math.min(room, left.length)
      for (let k = 0; k < count; k++) into[k] = left[k]!
      return count
    },
  }
}
