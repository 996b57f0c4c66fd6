import { seededRandom } from '../../model/random.ts'

/**
 * What somebody is shown for whom there is no list: an item by how popular it is, that is allowed.
 *
 *     const choose = firstChoice(knowledge.popularity)
 *     choose(1, 's1-17-0-0', item => !world.barred(17, item))   // the same item for the same name
 *
 * It has no state, so that a run that goes on after a stop chooses as one that never stopped.
 */
export function firstChoice(popularity: Float64Array) {
  const sums = new Float64Array(popularity.length)
  let total = 0
  for (let item = 0; item < sums.length; item++) sums[item] = total += popularity[item]! + 1
  return (seed: number, name: string, allowed: (item: number) => boolean): number => {
    const random = seededRandom(seed, `first choice ${name}`)
    // A world bars fewer items than there are, so this ends.
    for (;;) {
      const share = random.uniform() * total
      let [low, high] = [0, sums.length - 1]
      while (low < high) {
        const middle = (low + high) >> 1
        if (sums[middle]! > share) high = middle
        else low = middle + 1
      }
      if (allowed(low)) return low
    }
  }
}
