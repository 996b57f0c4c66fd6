import { expect, test } from 'vitest'
import { scoresText } from '../../../src/cli/start/scores-text.ts'

const rating = { kind: 'rating', min: 1, max: 5 } as const
const watch = { kind: 'watch', positiveFrom: 0.8 } as const

test('ranks by RMSE, lowest first, marks the served policy and says what ddpg-la-residual adds', () => {
  const scores = {
    popularity: { rmse: 1.1, mae: 0.9 },
    'ddpg-la-residual': { rmse: 0.95, mae: 0.75 },
    bias: { rmse: 1, mae: 0.8 },
  }
  const text = scoresText({ scores, champion: 'ddpg-la-residual' }, rating)
  expect(text.split('\n').map(line => line.trim())).toEqual([
    expect.stringMatching(/^policy +RMSE +MAE$/),
    expect.stringMatching(/^ddpg-la-residual +0\.9500 +0\.7500 +makes the lists$/),
    expect.stringMatching(/^bias +1\.0000 +0\.8000$/),
    expect.stringMatching(/^popularity +1\.1000 +0\.9000$/),
    'Lower is better. ddpg-la-residual is better than the best baseline (bias) by 0.0500 of RMSE (5.0%).',
  ])
})

test('says so when ddpg-la-residual adds nothing, and ranks AUC highest first', () => {
  const scores = { 'ddpg-la-residual': { auc: 0.6, logLoss: 0.69 }, bias: { auc: 0.8, logLoss: 0.5 } }
  const text = scoresText({ scores, champion: 'bias' }, watch)
  expect(text).toMatch(/bias .*makes the lists\n.*ddpg-la/)
  expect(text).toContain('adds nothing yet: it is behind the best baseline (bias) by 0.2000 of AUC (25.0%).')
})

test('says what is added to the policy that is corrected, and how sure that is', () => {
  const own = { auc: 0.7207, logLoss: 0.6, added: 0.0012, addedLow: 0.0006, addedHigh: 0.0018 }
  const text = (changed: object) =>
    scoresText({ scores: { 'ddpg-la-residual': { ...own, ...changed } }, champion: 'ddpg-la-residual' }, watch)
  expect(text({})).toContain(
    'To the policy that it corrects (logistic) it adds 0.0012 of AUC (0.0006 to 0.0018, 95% by users).',
  )
  expect(text({ addedLow: -0.0001 })).toContain('it adds nothing beyond chance: 0.0012 of AUC')
  expect(text({ added: -0.001, addedLow: -0.002, addedHigh: -0.0005 })).toContain('it takes away 0.0010 of AUC')
  expect(text({}).split('\n')[0]).not.toContain('added')
})

test('says when nothing has been predicted', () => {
  expect(scoresText({ scores: {}, champion: 'popularity' }, watch)).toContain('No event has been predicted yet.')
  const picks = scoresText({ scores: { bias: { logLoss: 0.01 } }, champion: 'bias' }, watch)
  expect(picks).toContain('nothing that predictions could tell apart')
})
