import { expect, test } from 'vitest'
import { decompose, substitute, symmetricSolver } from '../../src/state/cholesky.ts'
import { seededRandom } from '../../src/state/random.ts'
import { inverseDense, solveDense } from '../predictors/ensemble/dense.ts'

/** A symmetric positive definite matrix, as rows and packed. */
function matrix(size: number, seed: number) {
  const random = seededRandom(seed, 'matrix')
  const root = Array.from({ length: size }, () => Array.from({ length: size + 2 }, () => random.normal()))
  const rows = root.map((a, r) =>
    root.map((b, c) => a.reduce((sum, value, k) => sum + value * b[k]!, 0) + (r === c ? 0.5 : 0)),
  )
  const packed = Float64Array.from(rows.flatMap((row, r) => row.slice(0, r + 1)))
  const right = Array.from({ length: size }, () => random.normal())
  return { rows, packed, right }
}

test.each([1, 2, 7, 13])('solves and inverts %i by %i as elimination does', size => {
  const { rows, packed, right } = matrix(size, size)
  const x = new Float64Array(size)
  symmetricSolver(size).solve(packed, Float64Array.from(right), x)
  const expected = solveDense(rows, right)
  for (let k = 0; k < size; k++) expect(x[k]).toBeCloseTo(expected[k]!, 9)
  const inverse = inverseDense(rows).flatMap((row, r) => row.slice(0, r + 1))
  for (let k = 0; k < packed.length; k++) expect(packed[k]).toBeCloseTo(inverse[k]!, 9)
})

test('solves for several right-hand sides at once', () => {
  const { rows, packed, right } = matrix(5, 3)
  const lower = new Float64Array(packed.length)
  decompose(packed, lower, 5)
  const both = Float64Array.from(right.flatMap(value => [value, -2 * value]))
  substitute(lower, both, 5, 2)
  const expected = solveDense(rows, right)
  for (let k = 0; k < 5; k++) {
    expect(both[2 * k]).toBeCloseTo(expected[k]!, 9)
    expect(both[2 * k + 1]).toBeCloseTo(-2 * expected[k]!, 9)
  }
})
