/** Where one of several candidates stands, those that are alike together. */
export interface Rank {
  /** How many stand before it; Infinity where it could not be ranked. */
  before: number
  /** How many are like it, itself among them: each of their places is as likely. */
  alike: number
}

/** The place of what could not be ranked. */
export const unranked: Rank = { before: Number.POSITIVE_INFINITY, alike: 1 }

/**
 * How many candidates stand before one of them, and how many beside it; what is no number stands last.
 *
 *     rankOf(Float64Array.of(1, 3, 3, 2), 4, 1)   // { before: 0, alike: 2 }
 */
export function rankOf(scores: Float64Array, count: number, target: number): Rank {
  const own = scores[target]!
  const ownIsNumber = !Number.isNaN(own)
  let [before, alike] = [0, 0]
  for (let c = 0; c < count; c++) {
    const score = scores[c]!
    if (Number.isNaN(score)) alike += ownIsNumber ? 0 : 1
    else if (!ownIsNumber || score > own) before += 1
    else if (score === own) alike += 1
  }
  return { before, alike }
}

/** NDCG@10 with one relevant item: 1/log₂(place + 2) among the first ten, from 0, else 0; the mean over places alike. */
export function ndcg10({ before, alike }: Rank): number {
  let sum = 0
  for (let place = before, end = Math.min(10, before + alike); place < end; place++) sum += 1 / Math.log2(place + 2)
  return sum / alike
}

/** Whether the item is among the first ten: the share of the places alike that are. */
export function hit10({ before, alike }: Rank): number {
  return Math.max(0, Math.min(10, before + alike) - before) / alike
}
