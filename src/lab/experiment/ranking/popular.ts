import { halfLives, popularityCounts } from '../../../ranking/popularity.ts'
import type { MakeRankingPolicies } from './ranking-policy.ts'

/** The same list for everyone: the items with the most events, ever and of late. */
export const popularItems: MakeRankingPolicies = ({ itemIds }) => {
  const counts = popularityCounts()
  for (let item = 0; item < itemIds.length; item++) counts.reset(item)
  const held = new Map<number, Float64Array>()
  const at = halfLives.indexOf(2_000)
  const lately = () => Float64Array.from(itemIds, (_, item) => counts.lately(item, at))
  const fill = (candidates: Int32Array, count: number, into: Float64Array, of: (item: number) => number) => {
    for (let c = 0; c < count; c++) into[c] = of(candidates[c]!)
  }
  return [
    {
      name: 'popularity',
      score: (_user, candidates, count, into) => fill(candidates, count, into, counts.count),
      learn: (_user, item) => counts.learn(item, 0),
    },
    {
      name: 'decayed popularity',
      score(user, candidates, count, into) {
        const then = held.get(user)
        fill(candidates, count, into, item => (then === undefined ? counts.lately(item, at) : then[item]!))
      },
      learn() {},
      hold: user => void held.set(user, lately()),
    },
  ]
}
