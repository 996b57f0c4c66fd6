import type { SavedArrays } from '../../state/saved-arrays.ts'

/** What is known of the numbers of one attribute, such as a price. */
export interface NumberBins {
  /** Take in a value, or that there was one that is no number. */
  add(value: number | null): void
  /** Work out the bins from what came so far; they stand until the next time. */
  settle(): void
  /** Whether it is an attribute of numbers: there are bins. */
  readonly settled: boolean
  /** Which of `count` (2, 4 or 8) bins of about as many values each a value lies in, from 0. */
  bin(value: number, count: number): number
  /** How many deviations a value lies from the mean, −2 … 2. */
  standing(value: number): number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Values that are kept of an attribute. */
const sampleSize = 256
/** An attribute of fewer values is one of codes, whose order says nothing; so is one that is often no number. */
const leastValues = 16
const leastDistinct = 10
const leastShare = 0.95
/** Bins at the finest. */
const finest = 8

/**
 * Quantiles of a stream in bounded memory, the same for the same stream: every n-th value is kept, and n doubles whenever
 * there are 256 of them.
 *
 *     const price = numberBins()
 *     for (let cents = 0; cents < 100; cents++) price.add(cents / 10)
 *     price.settle()
 *     price.bin(2.6, 4)   // 1
 */
export function numberBins(): NumberBins {
  let sample: number[] = []
  let edges: number[] = []
  // Values, numbers among them, the stride, mean and sum of squares of the numbers.
  const state = Float64Array.of(0, 0, 1, 0, 0)

  return {
    add(value) {
      state[0]! += 1
      if (value === null) return
      if (state[1]! % state[2]! === 0) sample.push(value)
      state[1]! += 1
      const off = value - state[3]!
      state[3]! += off / state[1]!
      state[4]! += off * (value - state[3]!)
      if (sample.length < sampleSize) return
      sample = sample.filter((_, k) => k % 2 === 0)
      state[2]! *= 2
    },
    settle() {
      const sorted = Float64Array.from(sample).sort()
      const numeric = state[1]! >= leastValues && state[1]! >= leastShare * state[0]!
      edges =
        numeric && new Set(sorted).size >= leastDistinct
          ? Array.from({ length: finest - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / finest)]!)
          : []
    },
    get settled() {
      return edges.length > 0
    },
    bin(value, count) {
      let bin = 0
      for (let k = finest / count - 1; k < edges.length; k += finest / count) if (value >= edges[k]!) bin += 1
      return bin
    },
    standing(value) {
      const deviation = Math.sqrt(state[4]! / state[1]!)
      return deviation > 0 ? Math.min(2, Math.max(-2, (value - state[3]!) / deviation)) : 0
    },
    save: () => ({ sample: Float64Array.from(sample), edges: Float64Array.from(edges), state: state.slice() }),
    restore(arrays) {
      sample = [...(arrays['sample'] as Float64Array)]
      edges = [...(arrays['edges'] as Float64Array)]
      state.set(arrays['state'] as Float64Array)
    },
  }
}
