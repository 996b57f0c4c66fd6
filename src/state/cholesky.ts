/**
 * Solve A·x = b for a small symmetric positive definite A, and invert A, without allocating.
 *
 *     const solver = symmetricSolver(7)
 *     solver.solve(a, b, x)   // a is overwritten by its inverse
 *
 * A is packed: its lower triangle row by row, (r, c) at r(r + 1)/2 + c. By Cholesky's decomposition; the sums are in plain order,
 * which is what is fastest up to a few dozen columns.
 */
interface SymmetricSolver {
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

/**
 * Replace a symmetric positive definite matrix by its inverse, by Cholesky's decomposition; about size³/2 multiplications.
 *
 *     const a = Float64Array.of(4, 2, 2, 3)
 *     invertSymmetric(a, 2)   // a is [.375, −.25, −.25, .5]
 *
 * `a` is [size, size] row by row. A second matrix of that size is held meanwhile. False, and `a` is spoilt, where it is not
 * positive definite.
 *
 * For hundreds to thousands of columns, so sums go four rows at a time. The solver above adds in another order, and with it the
 * last bits differ: both orders stay, since learned weights follow from each.
 */
export function invertSymmetric(a: Float64Array, size: number): boolean {
  const rows = Array.from({ length: size }, (_, r) => a.subarray(r * size, (r + 1) * size))
  const pivots = decomposeRows(rows, size)
  if (pivots === null) return false
  const inverse = invertLower(rows, pivots, size)
  // A⁻¹ = L⁻ᵀ·L⁻¹, four rows of L⁻¹ at a time.
  a.fill(0)
  for (let k = 0; k < size; k += 4) {
    const [x0, x1, x2, x3] = fourRows(inverse, k, size)
    for (let r = 0; r < Math.min(size, k + 4); r++)
      addScaled(rows[r]!, x0, x1, x2, x3, x0[r]!, x1[r]!, x2[r]!, x3[r]!, r)
  }
  for (let r = 0; r < size; r++) for (let c = 0; c < r; c++) rows[r]![c] = rows[c]![r]!
  return true
}

/** Put L into the lower triangle of A = L·Lᵀ; returns its diagonal, null where there is no such L. */
function decomposeRows(rows: readonly Float64Array[], size: number): Float64Array | null {
  const pivots = new Float64Array(size)
  for (let r = 0; r < size; r++) {
    const row = rows[r]!
    for (let c = 0; c < r; c++) row[c] = (row[c]! - product(row, rows[c]!, c)) / pivots[c]!
    const square = row[r]! - product(row, row, r)
    if (!(square > 0)) return null
    pivots[r] = Math.sqrt(square)
  }
  return pivots
}

/** L⁻¹, one row an array of the whole size. */
function invertLower(rows: readonly Float64Array[], pivots: Float64Array, size: number): Float64Array[] {
  const inverse: Float64Array[] = []
  for (let r = 0; r < size; r++) {
    const [row, into] = [rows[r]!, new Float64Array(size)]
    for (let k = 0; k < r; k += 4) {
      const [x0, x1, x2, x3] = fourRows(inverse, k, r)
      const [s1, s2, s3] = [k + 1 < r ? row[k + 1]! : 0, k + 2 < r ? row[k + 2]! : 0, k + 3 < r ? row[k + 3]! : 0]
      addScaled(into, x0, x1, x2, x3, row[k]!, s1, s2, s3, 0, k + 4)
    }
    for (let c = 0; c < r; c++) into[c]! /= -pivots[r]!
    into[r] = 1 / pivots[r]!
    inverse.push(into)
  }
  return inverse
}

/** Rows k to k + 3; those from `end` on are zero. */
function fourRows(rows: readonly Float64Array[], k: number, end: number): [Row, Row, Row, Row] {
  const zero = k + 3 < end ? rows[k]! : new Float64Array(rows[k]!.length)
  return [
    rows[k]!,
    k + 1 < end ? rows[k + 1]! : zero,
    k + 2 < end ? rows[k + 2]! : zero,
    k + 3 < end ? rows[k + 3]! : zero,
  ]
}

type Row = Float64Array

/** y += s0·x0 + s1·x1 + s2·x2 + s3·x3, from one column to another. */
function addScaled(
  y: Row,
  x0: Row,
  x1: Row,
  x2: Row,
  x3: Row,
  s0: number,
  s1: number,
  s2: number,
  s3: number,
  from: number,
  to = y.length,
): void {
  const end = Math.min(to, y.length)
  for (let c = from; c < end; c++) y[c] = y[c]! + s0 * x0[c]! + s1 * x1[c]! + s2 * x2[c]! + s3 * x3[c]!
}

/** The product of the first `length` numbers of two rows. */
function product(a: Row, b: Row, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let k = 0
  for (; k + 3 < length; k += 4) {
    s0 += a[k]! * b[k]!
    s1 += a[k + 1]! * b[k + 1]!
    s2 += a[k + 2]! * b[k + 2]!
    s3 += a[k + 3]! * b[k + 3]!
  }
  for (; k < length; k++) s0 += a[k]! * b[k]!
  return s0 + s1 + s2 + s3
}
