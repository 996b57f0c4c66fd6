/** Numbers in [0, 1) from a seed, for disturbances that can be repeated (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of them, each as likely. */
export function choose<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)]!
}
