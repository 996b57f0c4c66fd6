import { expect, test } from 'vitest'
import { fatigueSpeeds } from '../../../../../src/agents/ddpg-la/planning/index/speeds.ts'
import { indexView } from '../../../../../src/agents/ddpg-la/planning/index/views.ts'

const speeds = fatigueSpeeds({ pace: 2 })

test('an index says its weights by name, and which speed of fatigue has what share of their weight', () => {
  const view = indexView('learned', [1, 0.5, -0.6, -0.3, 0.1, 0.2, 0], speeds, [])
  expect(view.weights.slice(0, 3)).toEqual([
    { feature: 'rating', weight: 1 },
    { feature: 'popularity', weight: 0.5 },
    { feature: 'fatigue', weight: -0.6 },
  ])
  expect(view.speeds.map(({ feature, days }) => [feature, days])).toEqual([
    ['fatigue', 0.5],
    ['quick fatigue', 0.2],
    ['slow fatigue', 2],
  ])
  for (const [k, share] of [0.6, 0.3, 0.1].entries()) expect(view.speeds[k]!.share).toBeCloseTo(share, 9)
})

test('before anything was learned no speed has a share', () => {
  expect(indexView('base', [1, 0, 0, 0, 0, 0, 0], speeds, []).speeds.map(({ share }) => share)).toEqual([0, 0, 0])
})
