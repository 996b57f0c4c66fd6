/**
 * Solve A·x = b for a small symmetric positive definite A, and invert A, without allocating.
 *
 *     const solver = symmetricSolver(7)
 *     solver.solve(a, b, x)   // a is overwritten by its inverse
 *
 * A is packed: its lower triangle row by row, (r, c) at r(r + 1)/2 + c. By Cholesky's decomposition.
 */
export interface SymmetricSolver {
  solve(a: Float64Array, b: Float64Array, x: Float64Array): void
}

export function symmetricSolver(size: number): SymmetricSolver {
  const lower = new Float64Array((size * (size + 1)) / 2)
  const inverse = new Float64Array((size * (size + 1)) / 2)
  return {
    solve(a, b, x) {
      decompose(a, lower, size)
      // L⁻¹, column by column.
      for (let c = 0; c < size; c++) {
        inverse[(c * (c + 1)) / 2 + c] = 1 / lower[(c * (c + 1)) / 2 + c]!
        for (let r = c + 1; r < size; r++) {
          const row = (r * (r + 1)) / 2
          let sum = 0
          for (let k = c, at = (c * (c + 1)) / 2 + c; k < r; k++) {
            sum -= lower[row + k]! * inverse[at]!
            at += k + 1
          }
          inverse[row + c] = sum / lower[row + r]!
        }
      }
      // A⁻¹ = L⁻ᵀ·L⁻¹
      for (let r = 0; r < size; r++) {
        const row = (r * (r + 1)) / 2
        for (let c = 0; c <= r; c++) {
          let sum = 0
          for (let k = r, at = row; k < size; k++) {
            sum += inverse[at + r]! * inverse[at + c]!
            at += k + 1
          }
          a[row + c] = sum
        }
      }
      for (let r = 0; r < size; r++) {
        const row = (r * (r + 1)) / 2
        let sum = 0
        for (let c = 0; c <= r; c++) sum += a[row + c]! * b[c]!
        for (let c = r + 1, at = row + r + 1 + r; c < size; c++) {
          sum += a[at]! * b[c]!
          at += c + 1
        }
        x[r] = sum
      }
    },
  }
}

/** L with L·Lᵀ = A, both packed. */
export function decompose(a: Float64Array, lower: Float64Array, size: number): void {
  for (let r = 0; r < size; r++) {
    const row = (r * (r + 1)) / 2
    for (let c = 0; c <= r; c++) {
      const column = (c * (c + 1)) / 2
      let sum = a[row + c]!
      for (let k = 0; k < c; k++) sum -= lower[row + k]! * lower[column + k]!
      lower[row + c] = r === c ? Math.sqrt(Math.max(sum, 1e-9)) : sum / lower[column + c]!
    }
  }
}

/** x with L·Lᵀ·x = b, in place of b; `count` right-hand sides stand side by side in each row of b. */
export function substitute(lower: Float64Array, b: Float64Array, size: number, count: number): void {
  for (let r = 0; r < size; r++) {
    const row = (r * (r + 1)) / 2
    for (let c = 0; c < r; c++) {
      const factor = lower[row + c]!
      if (factor === 0) continue
      for (let k = 0; k < count; k++) b[r * count + k]! -= factor * b[c * count + k]!
    }
    for (let k = 0; k < count; k++) b[r * count + k]! /= lower[row + r]!
  }
  for (let r = size - 1; r >= 0; r--) {
    for (let c = r + 1; c < size; c++) {
      const factor = lower[(c * (c + 1)) / 2 + r]!
      if (factor === 0) continue
      for (let k = 0; k < count; k++) b[r * count + k]! -= factor * b[c * count + k]!
    }
    for (let k = 0; k < count; k++) b[r * count + k]! /= lower[(r * (r + 1)) / 2 + r]!
  }
}
