import type { Popularity } from '../popularity.ts'
import type { CandidateSource } from './candidate-source.ts'

/**
 * Whatever else there is, most wanted first: for those to whom nothing of what is popular may be shown any more.
 *
 * It is asked where the other sources leave room, and asks of no more items than it takes whether they are allowed, where
 * more are: in a large catalogue that few have met that is what lists cost.
 */
export function otherItems(
  available: () => Int32Array,
  { inOrder, rank }: Pick<Popularity, 'inOrder' | 'rank'>,
): CandidateSource {
  return {
    find({ allowed }, into, room) {
      const { items, above, size } = inOrder()
      const left: number[] = []
      const take = (item: number) => {
        if (allowed(item)) left.push(item)
      }
      for (let place = 0; place < above && left.length <= room; place++) take(items[place]!)
      const all = available()
      for (let k = 0; k < all.length && left.length <= room; k++) if (rank(all[k]!) === 0) take(all[k]!)
      for (let place = above; place < size && left.length <= room; place++) take(items[place]!)
      if (left.length <= room) left.sort((a, b) => a - b)
      const found = Math.min(room, left.length)
      for (let k = 0; k < found; k++) into[k] = left[k]!
      return found
    },
  }
}
