import { expect, test } from 'vitest'
import { createTally } from '../../../../src/lab/simulate/live/tally.ts'
import type { Outcome } from '../../../../src/lab/simulate/world/world.ts'

const dayMs = 86_400_000
const outcome = (days: number, rest: Partial<Outcome> = {}): Outcome => {
  return { watch: 0.5, like: 0, time: days * dayMs, gapDays: 0, ended: false, replaced: false, ...rest }
}
/** Two people, two genres, one item of each; two days count. */
const tally = () => createTally({ slots: 2, days: 2, genres: 2, shares: Float64Array.of(1, 0, 0, 1) })

test('counts a person from the first list on, over the days, under the arm of the first list', () => {
  const { listed, shown, arms } = tally()
  shown(0, 0, outcome(0.1))
  listed(0, { arm: 'a', policy: 'dqn', time: 0.1 * dayMs })
  shown(0, 0, outcome(1, { like: 1, ended: true, gapDays: 0.5 }))
  listed(0, { arm: 'b', policy: 'random', time: dayMs })
  shown(0, 1, outcome(2, { watch: 1, ended: true, gapDays: 3 }))
  shown(0, 1, outcome(2.2, { replaced: true, ended: true }))
  expect(arms(2 * dayMs)).toEqual([])
  expect(arms(3 * dayMs)).toEqual([
    {
      ...{ arm: 'a', policy: 'dqn', people: 1 },
      rewardPerUserDay: { mean: 0.75, sd: 0, standardError: 0 },
      ...{ sessionLength: 1, sessionsPerDay: 1, returnRate: 0.5, likesPerUserDay: 0.5 },
      effectiveGenres: 2,
    },
  ])
})

test('means are over people, however often each came', () => {
  const { listed, shown, arms } = tally()
  for (const slot of [0, 1]) listed(slot, { arm: 'a', policy: 'dqn', time: 0 })
  for (let k = 1; k <= 8; k++) shown(0, 0, outcome(k / 8))
  shown(1, 0, outcome(1, { watch: 0, ended: true, gapDays: 2, replaced: true }))
  const [arm] = arms(2 * dayMs)
  expect(arm).toMatchObject({ people: 2, rewardPerUserDay: { mean: 1, sd: Math.SQRT2, standardError: 1 } })
  expect(arm!.effectiveGenres).toBeCloseTo(1, 12)
})
