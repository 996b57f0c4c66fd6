import { seededRandom, shuffled } from '../../../state/random.ts'

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
  const order = shuffled(items, seededRandom(seed, 'shelf'))
  return (visitor: number, allowed: (item: number) => boolean): number => {
    // A world bars fewer items than there are, so this ends.
    for (let place = visitor % items; ; place = (place + 1) % items) if (allowed(order[place]!)) return order[place]!
  }
}
