import { expect, test } from 'vitest'
import { indexApart, indexByArm, indexScores } from '../../src/records/index-weights.ts'
import type { ArmIndex, Score } from '../../src/records/model-version.ts'

const plan: ArmIndex = {
  arm: 'plan',
  serves: false,
  weights: [
    { feature: 'rating', weight: 1 },
    { feature: 'quick fatigue', weight: -0.25 },
  ],
}
const ofPolicy: Score = { policy: 'bias', metric: 'rmse', value: 0.9, events: 40 }

test('an index is as scores of one number each, and these an index again', () => {
  const rows = indexScores(plan, 40)
  expect(rows[1]).toEqual({ policy: 'plan', metric: 'index.quick fatigue', value: -0.25, events: 40 })
  const other = { ...plan, arm: 'other', serves: true }
  const all = [ofPolicy, ...rows, ...indexScores(other, 40)]
  expect(indexApart(all)).toEqual({ scores: [ofPolicy], index: [plan, other] })
})

test('machines get indexes by arm', () => {
  expect(indexByArm([plan])).toEqual({ plan: { serves: false, weights: { rating: 1, 'quick fatigue': -0.25 } } })
})
