import { seededRandom, shuffled } from '../../../state/random.ts'

/**
 * What somebody is shown for whom there is no list: each visitor the next item of one random order of all items, so that soon
 * every item was shown to somebody and can be in lists.
 *
 *     const firstItem = coldStartOrder(600, 1)
 *     firstItem(17, item => !world.barred(slot, item))   // item 17 of the order, or the next one that is allowed
 *
 * It has no state, so that a run that goes on after a stop shows what one that never stopped shows.
 */
export function coldStartOrder(items: number, seed: number) {
  const order = shuffled(items, seededRandom(seed, 'shelf'))
  return (visitor: number, allowed: (item: number) => boolean): number => {
    // A world bars fewer items than there are, so this ends.
    for (let place = visitor % items; ; place = (place + 1) % items) if (allowed(order[place]!)) return order[place]!
  }
}
