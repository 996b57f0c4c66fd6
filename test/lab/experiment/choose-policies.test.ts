import { expect, test } from 'vitest'
import { only, policiesIn } from '../../../src/lab/experiment/choose-policies.ts'

const known = ['bias', 'DDPG-LA', 'DDPG-LA, γ = 0.9', 'ddpg-la (frozen)']

test('names stand with commas between, and may have commas of their own', () => {
  expect(policiesIn('bias, ddpg-la (frozen)', known)).toEqual(['bias', 'ddpg-la (frozen)'])
  expect(policiesIn('DDPG-LA,DDPG-LA, γ = 0.9,bias,', known)).toEqual(['DDPG-LA', 'DDPG-LA, γ = 0.9', 'bias'])
})

test('an unknown one is told with the nearest', () => {
  expect(() => policiesIn('bias,DDPG-LA, γ = 0.8', known)).toThrow(/There is no policy "γ = 0\.8".*DDPG-LA, γ = 0\.9/)
})

test('what one pass scored beside is kept when it is asked for', () => {
  const result = { metrics: { rmse: 1 }, alongside: { base: { metrics: { rmse: 2 } }, bias: { metrics: { rmse: 3 } } } }
  const trial = { name: 't', policy: 'net', seed: 1, identity: '', program: '', seconds: 1, result }
  expect(only(trial, ['base', 'bias'])).toEqual({
    ...trial,
    policy: 'base',
    result: { metrics: { rmse: 2 }, alongside: { bias: { metrics: { rmse: 3 } } } },
  })
  expect(only(trial, ['mean'])).toBeNull()
})
