import { expect, test } from 'vitest'
import { rankingPolicies } from '../../../src/lab/experiment/ranking/policies.ts'
import type { Ratings } from '../../../src/lab/experiment/ratings.ts'

test('every ranking policy that a pass scores is announced, so that tables can show it', () => {
  const none = new Float64Array(0)
  const tokens = [['tag=a'], ['tag=b']]
  const ratings: Ratings = {
    ...{ length: 0, user: new Int32Array(0), item: new Int32Array(0), reward: none, time: none },
    ...{ userIds: ['u0', 'u1'], itemIds: ['i0', 'i1'], userTokens: tokens, itemTokens: tokens, catalogue: [] },
    event: () => {
      throw new Error('there is none')
    },
  }
  for (const { name, make, alongside = [] } of rankingPolicies) {
    expect(make(ratings).map(policy => policy.name)).toEqual([name, ...alongside])
  }
})
