import { histories } from './histories.ts'
import type { MakeRankingPolicies } from './ranking-policy.ts'

/** Cosine neighbours: Σ over the user's items of c_ij / √(c_ii c_jj), c counting the users that two items share. */
export const cosineNeighbours: MakeRankingPolicies = ({ userIds, itemIds }) => {
  const items = itemIds.length
  const past = histories(userIds.length, items)
  const shared = new Float32Array(items * items)
  return [
    {
      name: 'item-kNN (cosine)',
      score(user, candidates, count, into) {
        into.fill(0, 0, count)
        for (const before of past.newestFirst(user)) {
          const row = before * items
          for (let c = 0; c < count; c++) into[c]! += shared[row + candidates[c]!]! / Math.sqrt(shared[row + before]!)
        }
        for (let c = 0; c < count; c++) into[c]! /= Math.sqrt(shared[candidates[c]! * (items + 1)]! || 1)
      },
      learn(user, item) {
        if (past.has(user, item)) return
        for (const before of past.newestFirst(user)) {
          shared[before * items + item]! += 1
          shared[item * items + before]! += 1
        }
        shared[item * (items + 1)]! += 1
        past.add(user, item)
      },
    },
  ]
}
