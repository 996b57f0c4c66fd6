import { expect, test } from 'vitest'
import { recursiveLeastSquares } from '../../../src/predictors/ensemble/recursive-least-squares.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { solveDense } from './dense.ts'

test('weights equal those of one ridge regression over all rows', () => {
  const random = seededRandom(1, 'rows')
  const rows = Array.from({ length: 200 }, () => [1, random.normal(), random.normal()])
  const targets = rows.map(([, a, b]) => 2 + 0.5 * a! - b! + 0.1 * random.normal())
  const regression = recursiveLeastSquares({ weights: [3, 1, 0], variance: 0.02 })
  for (const [k, row] of rows.entries()) regression.learn(row, targets[k]!)
  const gram = [0, 1, 2].map(r =>
    [0, 1, 2].map(c => rows.reduce((sum, row) => sum + row[r]! * row[c]!, r === c ? 50 : 0)),
  )
  const right = [0, 1, 2].map(r => rows.reduce((sum, row, k) => sum + row[r]! * targets[k]!, 50 * [3, 1, 0][r]!))
  const expected = solveDense(gram, right)
  for (let k = 0; k < 3; k++) expect(regression.weights[k]).toBeCloseTo(expected[k]!, 9)
  expect(regression.predict([1, 0, 1])).toBeCloseTo(expected[0]! + expected[2]!, 9)
})
