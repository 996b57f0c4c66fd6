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
  /** Of the weights, in rows. */
  readonly covariance: Float64Array
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
  /** covariance · row into `gain`, four rows of it together, so that no sum waits for its last addition. */
  const multiply = (row: ArrayLike<number>): void => {
    let r = 0
    for (let at = 0; r + 3 < width; r += 4, at += 4 * width) {
      let [first, second, third, fourth] = [0, 0, 0, 0]
      for (let c = 0; c < width; c++) {
        const x = row[c]!
        first += covariance[at + c]! * x
        second += covariance[at + width + c]! * x
        third += covariance[at + 2 * width + c]! * x
        fourth += covariance[at + 3 * width + c]! * x
      }
      gain[r] = first
      gain[r + 1] = second
      gain[r + 2] = third
      gain[r + 3] = fourth
    }
    for (; r < width; r++) {
      let sum = 0
      for (let c = 0, at = r * width; c < width; c++) sum += covariance[at + c]! * row[c]!
      gain[r] = sum
    }
  }
  return {
    weights,
    covariance,
    predict,
    learn(row, target) {
      multiply(row)
      let scale = 1
      for (let r = 0; r < width; r++) scale += row[r]! * gain[r]!
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
