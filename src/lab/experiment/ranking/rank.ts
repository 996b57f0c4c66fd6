/**
 * How many candidates stand before one of them, from 0; those that are alike count half.
 *
 *     rankOf(Float64Array.of(1, 3, 3, 2), 4, 1)   // 0.5
 */
export function rankOf(scores: Float64Array, count: number, target: number): number {
  const own = scores[target]!
  let rank = 0
  for (let c = 0; c < count; c++) {
    if (scores[c]! > own) rank += 1
    else if (scores[c] === own) rank += 0.5
  }
  return rank - 0.5
}

/** NDCG@10 with one relevant item: 1/log₂(rank + 2) for the first ten, else 0. */
export const ndcg10 = (rank: number): number => (rank < 10 ? 1 / Math.log2(rank + 2) : 0)

/** Whether the item is among the first ten. */
export const hit10 = (rank: number): number => (rank < 10 ? 1 : 0)
