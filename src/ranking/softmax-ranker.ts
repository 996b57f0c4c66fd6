import type { SavedArrays } from '../state/saved-arrays.ts'

/** A linear model that says which of several candidates is picked. */
export interface SoftmaxRanker {
  /** How much each feature weighs, for those who want to know why. */
  weights(context: number): Float64Array
  /** Logits of `count` candidates into `into`; `features` is [count, width], one row a candidate. */
  score(features: Float64Array, count: number, context: number, into: Float64Array): void
  /** Candidate `picked` was picked out of these, which counts `weight` (default 1). */
  learn(features: Float64Array, count: number, context: number, picked: number, weight?: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface SoftmaxRankerOptions {
  /** Features of a candidate. */
  width: number
  /** Kinds of situation that have weights of their own, added to the shared ones. */
  contexts: number
  /** Shared weights to begin with; the rest start at 0. */
  initial: readonly number[]
  rate?: number
  /** L2 penalty of the shared weights, and of those of a context. */
  penalty?: number
  contextPenalty?: number
}

/**
 * Online softmax regression: w += .1·g/√Σg², g = x_picked − Σ p_c x_c − λw, with Σg² from 5 on (Adagrad, Duchi et al. 2011).
 *
 *     const ranker = softmaxRanker({ width: 2, contexts: 1, initial: [1, 0] })
 *     ranker.learn(Float64Array.of(1, 0, 0, 1), 2, 0, 1)   // the second of two candidates was picked
 */
export function softmaxRanker(options: SoftmaxRankerOptions): SoftmaxRanker {
  const { width, contexts, initial, rate = 0.1, penalty = 1e-3, contextPenalty = 1e-2 } = options
  const rows = 1 + contexts // the shared weights, then those of each context
  const weights = new Float64Array(rows * width) // [rows, width]
  const squares = new Float64Array(rows * width).fill(5) // [rows, width]
  const effective = new Float64Array(width)
  const expected = new Float64Array(width)
  let logits = new Float64Array(256)
  weights.set(initial)

  const score = (features: Float64Array, count: number, context: number, into: Float64Array): void => {
    const own = (1 + context) * width
    for (let k = 0; k < width; k++) effective[k] = weights[k]! + weights[own + k]!
    let c = 0
    // Four candidates together, so that no sum waits for its last addition.
    for (let at = 0; c + 3 < count; c += 4, at += 4 * width) {
      let [first, second, third, fourth] = [0, 0, 0, 0]
      for (let k = 0; k < width; k++) {
        const weight = effective[k]!
        first += weight * features[at + k]!
        second += weight * features[at + width + k]!
        third += weight * features[at + 2 * width + k]!
        fourth += weight * features[at + 3 * width + k]!
      }
      into[c] = first
      into[c + 1] = second
      into[c + 2] = third
      into[c + 3] = fourth
    }
    for (; c < count; c++) {
      let sum = 0
      for (let k = 0, at = c * width; k < width; k++) sum += effective[k]! * features[at + k]!
      into[c] = sum
    }
  }

  const step = (row: number, features: Float64Array, picked: number, shrink: number, weight: number): void => {
    for (let k = 0, at = row * width; k < width; k++, at++) {
      const gradient = weight * (features[picked * width + k]! - expected[k]! - shrink * weights[at]!)
      squares[at]! += gradient * gradient
      weights[at]! += (rate * gradient) / Math.sqrt(squares[at]!)
    }
  }

  return {
    weights(context) {
      const own = (1 + context) * width
      return Float64Array.from({ length: width }, (_, k) => weights[k]! + weights[own + k]!)
    },
    score,
    learn(features, count, context, picked, weight = 1) {
      if (logits.length < count) logits = new Float64Array(2 * count)
      score(features, count, context, logits)
      let highest = Number.NEGATIVE_INFINITY
      for (let c = 0; c < count; c++) if (logits[c]! > highest) highest = logits[c]!
      expected.fill(0)
      let total = 0
      for (let c = 0, at = 0; c < count; c++) {
        const chance = Math.exp(logits[c]! - highest)
        total += chance
        for (let k = 0; k < width; k++) expected[k]! += chance * features[at++]!
      }
      for (let k = 0; k < width; k++) expected[k]! /= total
      step(0, features, picked, penalty, weight)
      step(1 + context, features, picked, contextPenalty, weight)
    },
    save: () => ({ weights: weights.slice(), squares: squares.slice() }),
    restore(arrays) {
      weights.set(arrays['weights'] as Float64Array)
      squares.set(arrays['squares'] as Float64Array)
    },
  }
}
