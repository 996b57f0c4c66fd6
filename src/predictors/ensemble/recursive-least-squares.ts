import type { SavedArrays } from '../../state/saved-arrays.ts'

/**
 * Linear regression learned exactly, one row at a time, in O(width²).
 *
 *     const regression = recursiveLeastSquares({ weights: [3, 1], variance: 0.02 })
 *     regression.predict([1, 0.5])     // 3.5
 *     regression.learn([1, 0.5], 4)
 *
 * Bayesian linear regression with unit noise and prior N(weights, variance·I); Haykin, Adaptive Filter Theory, ch. 10,
 * without forgetting.
 */
export interface RecursiveLeastSquares {
  readonly weights: Float64Array
  predict(row: ArrayLike<number>): number
  learn(row: ArrayLike<number>, target: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function recursiveLeastSquares(options: {
  weights: readonly number[]
  variance: number
}): RecursiveLeastSquares {
  const width = options.weights.length
  const weights = Float64Array.from(options.weights)
  const covariance = new Float64Array(width * width)
  for (let k = 0; k < width; k++) covariance[k * width + k] = options.variance
  const gain = new Float64Array(width)

  const predict = (row: ArrayLike<number>): number => {
    let sum = 0
    for (let k = 0; k < width; k++) sum += weights[k]! * row[k]!
    return sum
  }
  return {
    weights,
    predict,
    learn(row, target) {
      let scale = 1
      for (let r = 0; r < width; r++) {
        let sum = 0
        for (let c = 0, at = r * width; c < width; c++) sum += covariance[at++]! * row[c]!
        gain[r] = sum
        scale += row[r]! * sum
      }
      const error = (target - predict(row)) / scale
      for (let r = 0; r < width; r++) {
        weights[r]! += gain[r]! * error
        const share = gain[r]! / scale
        // Both triangles get the same bits, so the matrix stays symmetric.
        for (let c = 0; c <= r; c++) {
          const value = covariance[r * width + c]! - share * gain[c]!
          covariance[r * width + c] = value
          covariance[c * width + r] = value
        }
      }
    },
    save: () => ({ weights: weights.slice(), covariance: covariance.slice() }),
    restore(arrays) {
      weights.set(arrays['weights'] as Float64Array)
      covariance.set(arrays['covariance'] as Float64Array)
    },
  }
}
