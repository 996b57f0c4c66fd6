import { expect, test } from 'vitest'
import { formerName } from '../../../src/lab/experiment/former-names.ts'

test.each([
  ['ensemble', 'stack'],
  ['lite ensemble', 'lite stack'],
  ['ddpg-la-residual (online)', 'ddpg-la (online)'],
  ['ddpg-la-paper', 'DDPG-LA (paper)'],
  ['ddpg-la-paper last round', 'DDPG-LA (paper) last round'],
  ['ddpg-la-paper (ours) γ = 0.9', 'DDPG-LA (ours) γ = 0.9'],
  ['svd++', null],
])('%s was called %s', (policy, former) => {
  expect(formerName(policy)).toBe(former)
})
