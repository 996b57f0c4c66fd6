import { count } from '../records/words.ts'

/** Above this share of rejections people are told. */
export const fairShare = 0.1

export type RejectedByReason = Readonly<Record<string, number>>

/** Records that were rejected, whatever the reason. */
export function rejectedInAll(rejected: RejectedByReason): number {
  return Object.values(rejected).reduce((sum, times) => sum + times, 0)
}

/**
 * Reasons with their counts, the most frequent first.
 *
 *     reasonCounts({ invalid: 2, 'duplicate-id': 1_300 })   // '1,300 duplicate-id, 2 invalid'
 */
export function reasonCounts(rejected: RejectedByReason): string {
  return Object.entries(rejected)
    .sort((a, b) => b[1] - a[1])
    .map(([reason, times]) => `${count(times)} ${reason}`)
    .join(', ')
}
