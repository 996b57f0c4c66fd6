/** Whether a place, from 0, is among the first `k`; −1 is in no list. */
export const hitAt = (place: number, k: number): number => (place >= 0 && place < k ? 1 : 0)

/** NDCG@k with one relevant item: 1/log₂(place + 2) among the first `k`, else 0. */
export const ndcgAt = (place: number, k: number): number => (hitAt(place, k) === 1 ? 1 / Math.log2(place + 2) : 0)

/** Reciprocal rank among the first `k`, else 0. */
export const mrrAt = (place: number, k: number): number => (hitAt(place, k) === 1 ? 1 / (place + 1) : 0)
