import { expect, test } from 'vitest'
import { bias } from '../../../src/predictors/baselines/bias.ts'
import type { Policy } from '../../../src/predictors/baselines/policy.ts'
import { createEnsemble } from '../../../src/predictors/ensemble/ensemble.ts'
import { hashText } from '../../../src/state/hash.ts'
import { firstRatings, movieLensIsHere } from '../../movielens.ts'

test.skipIf(!movieLensIsHere)(
  'on the first 8,000 ratings of MovieLens 100K the ensemble beats biases by 2.5% of their RMSE',
  () => {
    const ensemble = createEnsemble({ kind: 'lite', factors: 6, seed: 1, history: 400, neighbourPairs: 1 << 20 })
    const biased = bias()
    const [users, items] = [new Map<string, number>(), new Map<string, number>()]
    const policies: readonly Policy[] = [biased, ensemble]
    const sums = policies.map(() => 0)
    for (const { user, item, time, reward, userFeatures, itemFeatures } of firstRatings(8_000)) {
      if (!users.has(user)) {
        users.set(user, users.size)
        for (const policy of policies) policy.resetUser(users.size - 1, hashText(user))
        ensemble.describeUser(users.size - 1, JSON.parse(userFeatures))
      }
      if (!items.has(item)) {
        items.set(item, items.size)
        for (const policy of policies) policy.resetItem(items.size - 1, hashText(item))
        ensemble.describeItem(items.size - 1, JSON.parse(itemFeatures))
      }
      const [u, i] = [users.get(user)!, items.get(item)!]
      for (const [k, policy] of policies.entries()) sums[k]! += (policy.predict(u, i, time) - reward) ** 2
      for (const policy of policies) policy.learn(u, i, reward, time)
    }
    const [ofBias, ofEnsemble] = sums.map(sum => 4 * Math.sqrt(sum / 8_000))
    expect(ofEnsemble).toBeLessThan(0.975 * ofBias!)
  },
)
