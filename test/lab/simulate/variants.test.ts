import { expect, test } from 'vitest'
import { trialName, variantsIn } from '../../../src/lab/simulate/variants.ts'

test('options behind colons are a variant’s own, those of --set hold for all variants of a policy', () => {
  expect(variantsIn('random, dqn,dqn:gamma=0:long=none', { 'dqn.batch': '64' })).toEqual([
    { label: 'random', policy: 'random', options: {} },
    { label: 'dqn', policy: 'dqn', options: { batch: '64' } },
    { label: 'dqn:gamma=0:long=none', policy: 'dqn', options: { batch: '64', gamma: '0', long: 'none' } },
  ])
})

test('a variant says more of an option than --set', () => {
  expect(variantsIn('dqn:gamma=0', { 'dqn.gamma': '0.5' })[0]!.options).toEqual({ gamma: '0' })
})

test('a trial is named after the options, however they were given', () => {
  const [written] = variantsIn('dqn:long=none:gamma=0', {})
  const [set] = variantsIn('dqn', { 'dqn.gamma': '0', 'dqn.long': 'none' })
  expect(trialName(written!)).toBe('dqn gamma=0 long=none')
  expect(trialName(set!)).toBe(trialName(written!))
})

test.each([
  ['an unknown policy', 'dqm', {}, /There is no policy "dqm"; the nearest are dqn/],
  ['an unknown option', 'dqn:gama=0', {}, /dqn has no option "gama"/],
  ['a value that is not allowed', 'ddpg-la:long=gru', {}, /long of ddpg-la must be one of rlstm, lstm, none/],
  ['an option without a value', 'dqn:gamma', {}, /"dqn:gamma" is not understood/],
  ['options of a policy that learns nothing', 'rating:k=1', {}, /rating learns nothing/],
  ['two that are the same', 'dqn,dqn:gamma=0', { 'dqn.gamma': '0' }, /dqn and dqn:gamma=0 are the same/],
  ['a setting of a policy that is not run', 'dqn', { 'ddpg-la.gamma': '0' }, /--set ddpg-la\.gamma/],
  ['a setting of no policy', 'dqn', { gamma: '0' }, /Give --set a policy/],
  ['nothing', ' , ', {}, /Name at least one policy/],
])('%s is refused in a sentence', (_, policies, settings, said) => {
  expect(() => variantsIn(policies, settings)).toThrow(said)
})
