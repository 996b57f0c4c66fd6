import { orderStatistic } from '../../state/order-statistic.ts'
import type { Neighbours } from '../neighbours.ts'
import type { CandidateSource } from './candidate-source.ts'

/** The items that are strongest among the people whose last items are like the user's. */
export function neighbourSource(neighbours: Neighbours): CandidateSource {
  let strengths = new Float64Array(1024)
  return {
    find({ user, history, held, allowed }, into, room) {
      const size = neighbours.gather(user, history, held)
      const { items, score } = neighbours
      if (strengths.length < size) strengths = new Float64Array(2 * size)
      let least = 0
      if (size > room) {
        for (let k = 0; k < size; k++) strengths[k] = score(items[k]!)
        least = orderStatistic(strengths, size, size - room - 1)
      }
      let count = 0
      for (let k = 0; k < size && count < room; k++) {
        const item = items[k]!
        if (score(item) > least && allowed(item)) into[count++] = item
      }
      return count
    },
  }
}
