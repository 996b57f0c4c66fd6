import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createScoring } from '../../../src/lab/experiment/scoring.ts'

test('ratings have errors on their own scale and on [0, 1], and the reward of the paper', () => {
  const scoring = createScoring({ kind: 'rating', min: 1, max: 5 }, 3)
  scoring.add(0, 0.75, 1)
  scoring.add(2, 0.25, 0)
  scoring.add(2, 0.5, 0.5)
  const { metrics, perUser } = scoring.result(300, 2)
  expect(metrics['rmse']).toBeCloseTo(Math.sqrt(2 / 3), 12)
  expect(metrics['mae']).toBeCloseTo(2 / 3, 12)
  expect(metrics['rmse01']).toBeCloseTo(Math.sqrt(2 / 3) / 4, 12)
  expect(metrics['mae01']).toBeCloseTo(1 / 6, 12)
  expect(metrics['aveReward']).toBeCloseTo(5 / 6, 12)
  expect(metrics['eventsPerSecond']).toBe(150)
  expect(perUser).toEqual({ events: [1, 0, 2], sums: { rmse: [1, 0, 1], mae: [1, 0, 1] } })
})

test('the area under the curve is the share of pairs in the right order, ties half, and users’ parts add up to it', () => {
  const view = fc.record({ user: fc.nat(3), predicted: fc.nat(5), reward: fc.constantFrom(0, 0.4, 0.5, 1) })
  fc.assert(
    fc.property(fc.array(view, { minLength: 1, maxLength: 40 }), views => {
      const scoring = createScoring({ kind: 'watch', positiveFrom: 0.5 }, 4)
      for (const { user, predicted, reward } of views) scoring.add(user, predicted / 5, reward)
      const positives = views.filter(({ reward }) => reward >= 0.5)
      const negatives = views.filter(({ reward }) => reward < 0.5)
      const { metrics, perUser } = scoring.result()
      if (positives.length === 0 || negatives.length === 0) {
        expect(metrics).not.toHaveProperty('auc')
        return
      }
      let right = 0
      for (const { predicted } of positives) {
        for (const other of negatives)
          right += predicted > other.predicted ? 1 : predicted === other.predicted ? 0.5 : 0
      }
      const area = right / (positives.length * negatives.length)
      const total = (name: string) => perUser.sums[name]!.reduce((sum, value) => sum + value, 0)
      expect(metrics['auc']).toBeCloseTo(area, 12)
      expect(total('aucPositives')).toBe(positives.length)
      expect(total('aucNegatives')).toBe(negatives.length)
      expect(total('aucAbove') / positives.length).toBeCloseTo(area, 12)
      expect(total('aucBelow') / negatives.length).toBeCloseTo(area, 12)
    }),
  )
})
