/**
 * Events a second over the last few seconds.
 *
 *     const rate = recentRate(5_000)
 *     rate(0, 0); rate(10_000, 1_000)   // 10000
 */
export function recentRate(windowMs: number): (done: number, now: number) => number {
  let samples: { done: number; now: number }[] = []
  return (done, now) => {
    samples.push({ done, now })
    // The newest sample older than the window stays, so that there is always a span to measure over.
    const from = samples.findLastIndex(sample => now - sample.now >= windowMs)
    if (from > 0) samples = samples.slice(from)
    const first = samples[0]!
    return now === first.now ? 0 : Math.max(0, ((done - first.done) / (now - first.now)) * 1000)
  }
}
