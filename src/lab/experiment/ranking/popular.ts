import { popularityCounts } from '../../../ranking/popularity.ts'
import type { MakeRankingPolicies } from './ranking-policy.ts'

/** The same list for everyone: the items with the most events, ever and of late. */
export const popularItems: MakeRankingPolicies = ({ itemIds }) => {
  // By numbers of events in place of hours; nothing is forgotten of all that ever was.
  const counts = popularityCounts([200, 2_000, Number.POSITIVE_INFINITY])
  const none = { worth: 0, hours: 0 }
  let events = 0
  for (let item = 0; item < itemIds.length; item++) counts.reset(item)
  const held = new Map<number, Float64Array>()
  const lately = () => Float64Array.from(itemIds, (_, item) => counts.lately(item, 1))
  const fill = (candidates: Int32Array, count: number, into: Float64Array, of: (item: number) => number) => {
    for (let c = 0; c < count; c++) into[c] = of(candidates[c]!)
  }
  return [
    {
      name: 'popularity',
      score: (_user, candidates, count, into) => fill(candidates, count, into, counts.count),
      learn: (_user, item) => counts.learn(item, 0, none, { worth: 1, hours: ++events }),
    },
    {
      name: 'decayed popularity',
      score(user, candidates, count, into) {
        const then = held.get(user)
        fill(candidates, count, into, item => (then === undefined ? counts.lately(item, 1) : then[item]!))
      },
      learn() {},
      hold: user => void held.set(user, lately()),
    },
  ]
}
