import { expect, test } from 'vitest'
import { only, policiesIn } from '../../../src/lab/experiment/choose-policies.ts'

const known = ['bias', 'whole learner', 'whole learner, lite ensemble', 'ddpg-la-residual (frozen)', 'ddpg-la-paper']
const silent = () => {}

test('names stand with commas between, and may have commas of their own', () => {
  expect(policiesIn('bias, ddpg-la-residual (frozen)', known, silent)).toEqual(['bias', 'ddpg-la-residual (frozen)'])
  expect(policiesIn('whole learner,whole learner, lite ensemble,bias,', known, silent)).toEqual([
    ...['whole learner', 'whole learner, lite ensemble', 'bias'],
  ])
})

test('an unknown one is named with the nearest', () => {
  expect(() => policiesIn('bias,ddpg-la-papers', known, silent)).toThrow(
    /There is no policy "ddpg-la-papers" in this experiment; the nearest are ddpg-la-paper; .*/,
  )
})

test('names of before are taken, with one notice that says the new ones', () => {
  const notices: string[] = []
  const asked = policiesIn('ddpg-la (frozen),bias,whole learner, lite stack,DDPG-LA (paper)', known, text =>
    notices.push(text),
  )
  expect(asked).toEqual(['ddpg-la-residual (frozen)', 'bias', 'whole learner, lite ensemble', 'ddpg-la-paper'])
  expect(notices).toEqual([
    'Policies have new names: "ddpg-la (frozen)" is "ddpg-la-residual (frozen)", "whole learner, lite stack" is ' +
      '"whole learner, lite ensemble", "DDPG-LA (paper)" is "ddpg-la-paper"; the old ones are taken in this version only.',
  ])
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
