import type { RecursiveLeastSquares } from '../../../predictors/ensemble/recursive-least-squares.ts'
import { invertSymmetric } from '../../../state/cholesky.ts'
import { additive, type Exchanged } from './exchanged.ts'

/**
 * The weights of a linear regression, exchanged by natural parameters: precisions add up, and so do precisions times means, so that
 * learners come to what one that saw all of their rows would have.
 *
 * Minka, Expectation propagation for approximate Bayesian inference, 2001, of which this is the exact case.
 */
export function normalPosterior({ weights, covariance }: RecursiveLeastSquares): Exchanged {
  const width = weights.length
  return additive({
    read() {
      const precision = inverseOf(covariance, width)
      return { precision, shift: product(precision, weights) }
    },
    write({ precision, shift }) {
      covariance.set(inverseOf(precision as Float64Array, width))
      weights.set(product(covariance, shift as Float64Array))
    },
  })
}

function inverseOf(matrix: Float64Array, size: number): Float64Array {
  const inverse = matrix.slice()
  if (!invertSymmetric(inverse, size)) throw new RangeError('A covariance is no longer positive definite.')
  return inverse
}

function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const size = vector.length
  return Float64Array.from({ length: size }, (_, r) => {
    let sum = 0
    for (let c = 0; c < size; c++) sum += matrix[r * size + c]! * vector[c]!
    return sum
  })
}
