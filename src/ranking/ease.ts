import { invertSymmetric } from '../state/cholesky.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'

/** Item-to-item weights in closed form; items are slots, and those beyond the capacity are left out. */
export interface Ease {
  /** A user who has `history` (−1: forgotten), of which there are `count`, picked `item`. */
  learn(history: Int32Array, count: number, item: number): void
  /** Work the weights out from all that was learned; takes time of the cube of the number of items. */
  fit(): void
  /** Scores for a user whose last items, newest first, are `history`: Σ ½^(h / halfLife) W[q_h, ·], by slot, of the items below `size`. */
  score(history: Int32Array, count: number, halfLife: number): Float64Array
  /** Events learned so far, and at the last fit. */
  readonly events: number
  readonly fitted: number
  reset(item: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface EaseOptions {
  capacity: number
  /** λ. */
  penalty?: number
  /** Events that an item needs to get weights. */
  least?: number
}

/**
 * EASE: W = I − P·diag(1/P), P = (XᵀX + λI)⁻¹, for X the users' items (Steck 2019, "Embarrassingly shallow autoencoders").
 *
 * Holds two matrices of items × items, of 4 bytes a number, that grow by need up to `capacity` items; while it is fitted
 * two more of 8.
 */
export function ease({ capacity, penalty = 300, least = 10 }: EaseOptions): Ease {
  let size = 0
  let counts = new Float32Array(0) // XᵀX, [size, size]
  let weights = new Float32Array(0) // [size, size]
  let scores = new Float64Array(0)
  let events = 0
  let fitted = 0

  const reserve = (items: number): void => {
    if (items <= size) return
    const grown = Math.min(capacity, Math.max(items, 2 * size, 64))
    counts = enlarged(counts, size, grown)
    weights = enlarged(weights, size, grown)
    scores = new Float64Array(grown)
    size = grown
  }

  return {
    get events() {
      return events
    },
    get fitted() {
      return fitted
    },
    learn(history, count, item) {
      if (item >= capacity) return
      reserve(item + 1)
      events += 1
      counts[item * size + item]! += 1
      for (let h = 0; h < count; h++) {
        const before = history[h]!
        if (before < 0 || before >= size || before === item) continue
        counts[before * size + item]! += 1
        counts[item * size + before]! += 1
      }
    },
    fit() {
      // The cube of the number of items is what it costs, and rare ones get next to no weight.
      const common: number[] = []
      for (let item = 0; item < size; item++) if (counts[item * size + item]! >= least) common.push(item)
      const n = common.length
      const inverse = new Float64Array(n * n)
      const regularise = (lambda: number) => {
        for (let r = 0, at = 0; r < n; r++) {
          for (let c = 0; c < n; c++) inverse[at++] = counts[common[r]! * size + common[c]!]!
          inverse[r * n + r]! += lambda
        }
      }
      // What goes together is counted over a user's last items only, and again when an item comes again, so it may be more
      // than any XᵀX has; a larger λ makes up for that.
      let lambda = penalty
      regularise(lambda)
      while (!invertSymmetric(inverse, n)) regularise((lambda *= 2))
      weights.fill(0)
      for (let r = 0; r < n; r++) {
        for (let c = 0; c < n; c++) {
          if (r !== c) weights[common[r]! * size + common[c]!] = -inverse[r * n + c]! / inverse[c * n + c]!
        }
      }
      fitted = events
    },
    score(history, count, halfLife) {
      scores.fill(0)
      const fade = 0.5 ** (1 / halfLife)
      for (let h = 0, weight = 1; h < count; h++, weight *= fade) {
        const before = history[h]!
        if (before < 0 || before >= size) continue
        for (let c = 0, at = before * size; c < size; c++, at++) scores[c] = scores[c]! + weight * weights[at]!
      }
      return scores
    },
    reset(item) {
      if (item >= size) return
      for (const matrix of [counts, weights]) {
        matrix.fill(0, item * size, (item + 1) * size)
        for (let r = 0; r < size; r++) matrix[r * size + item] = 0
      }
    },
    save: () => ({ counts: counts.slice(), weights: weights.slice(), events: Float64Array.of(events, fitted) }),
    restore(arrays) {
      counts = (arrays['counts'] as Float32Array<ArrayBuffer>).slice()
      weights = (arrays['weights'] as Float32Array<ArrayBuffer>).slice()
      size = Math.sqrt(counts.length)
      scores = new Float64Array(size)
      ;[events, fitted] = [...(arrays['events'] as Float64Array)] as [number, number]
    },
  }
}

function enlarged(matrix: Float32Array, size: number, grown: number): Float32Array<ArrayBuffer> {
  const into = new Float32Array(grown * grown)
  for (let r = 0; r < size; r++) into.set(matrix.subarray(r * size, (r + 1) * size), r * grown)
  return into
}
