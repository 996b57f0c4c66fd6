import { seededRandom } from '../../model/random.ts'

/**
 * What somebody is shown for whom there is no list: each the next item of a shelf on which all items stand in random order, so
 * that soon every item was shown to somebody and can be in lists.
 *
 *     const shelf = createShelf(600, 1)
 *     shelf(17, item => !world.barred(slot, item))   // item 17 of the shelf, or the next one that is allowed
 *
 * It has no state, so that a run that goes on after a stop shows what one that never stopped shows.
 */
export function createShelf(items: number, seed: number) {
  const random = seededRandom(seed, 'shelf')
  const order = Int32Array.from({ length: items }, (_, item) => item)
  for (let place = items - 1; place > 0; place--) {
    const other = random.integer(place + 1)
    ;[order[place], order[other]] = [order[other]!, order[place]!]
  }
  return (visitor: number, allowed: (item: number) => boolean): number => {
    // A world bars fewer items than there are, so this ends.
    for (let place = visitor % items; ; place = (place + 1) % items) if (allowed(order[place]!)) return order[place]!
  }
}
