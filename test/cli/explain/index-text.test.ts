import { expect, test } from 'vitest'
import { indexText } from '../../../src/cli/explain/index-text.ts'

const weights = ['rating', 'fatigue', 'slow fatigue'].map((feature, k) => ({ feature, weight: [1, -0.5, -0.25][k]! }))

test('says the weights, which fatigue counts how much, and since when there was much of what', () => {
  const text = indexText({
    ...{ arm: 'plan', held: 'learned, with noise', weights },
    speeds: [
      { feature: 'fatigue', days: 0.25, share: 2 / 3 },
      { feature: 'quick fatigue', days: 0.1, share: 0 },
      { feature: 'slow fatigue', days: 1, share: 1 / 3 },
    ],
    tired: [
      { theme: 'Drama', since: Date.UTC(2026, 10, 28, 10, 32), adds: -1.234 },
      { theme: null, since: Date.UTC(2026, 10, 29, 9, 0), adds: 0.1 },
    ],
  })
  expect(text).toBe(`plan ranks by an index, now by what was learned, with noise for this session:
  weights rating 1.00, fatigue −0.50, slow fatigue −0.25
  of fatigue's weight fatigue 67% (1/e is left after 0.25 days away), slow fatigue 33% (1/e is left after 1 day away)
  has lately had much of Drama since 2026-11-28 10:32 UTC (1.23 less for an item of it alone); items alike that have no words since 2026-11-29 09:00 UTC (0.10 more for an item of it alone)`)
})

test('says where nothing is learned yet and nobody is tired', () => {
  const text = indexText({ ...{ arm: 'plan', held: 'base', weights, tired: [] }, speeds: [] })
  expect(text).toContain('by the rating alone, to compare with')
  expect(text).toContain('nothing in particular')
})
