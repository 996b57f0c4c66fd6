/** Buckets that are full again say nothing, and are dropped when there are more than this. */
const kept = 10_000

/**
 * How long each client has to wait, by a bucket of tokens that fills again: `rate` requests a second, and as many at once.
 *
 *     const waitOf = createRate(2)
 *     waitOf('ann', 0), waitOf('ann', 0)   // 0, 0
 *     waitOf('ann', 0)                     // 500: half a second until the next may come, ms
 */
export function createRate(rate: number): (client: string, now: number) => number {
  const buckets = new Map<string, { left: number; at: number }>()
  return (client, now) => {
    if (buckets.size > kept) {
      for (const [name, { at }] of buckets) if (now - at > 1_000) buckets.delete(name)
      // All of them ask at this moment: then nobody is known to have asked too often.
      if (buckets.size > kept) buckets.clear()
    }
    const bucket = buckets.get(client) ?? { left: rate, at: now }
    bucket.left = Math.min(rate, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * rate)
    bucket.at = now
    buckets.set(client, bucket)
    if (bucket.left < 1) return Math.ceil(((1 - bucket.left) / rate) * 1_000)
    bucket.left -= 1
    return 0
  }
}
