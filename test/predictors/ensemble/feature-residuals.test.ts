import { expect, test } from 'vitest'
import { featurePlaces } from '../../../src/predictors/ensemble/feature-places.ts'
import { featureResiduals } from '../../../src/predictors/ensemble/feature-residuals.ts'
import { createInteractions } from '../../../src/predictors/ensemble/interactions.ts'
import { seededRandom } from '../../../src/state/random.ts'

const tokens = ['drama', 'war', 'comedy', 'western']
const [users, items] = [4, 12]

test('are residuals by feature, each later one of the same feature leaving nine tenths of the weight', () => {
  const random = seededRandom(1, 'leanings')
  const interactions = createInteractions({ history: 6, past: 10, width: 2 })
  const features = featurePlaces({ size: 16, perSlot: 4 })
  const kinds: string[][] = []
  for (let user = 0; user < users; user++) interactions.resetUser(user)
  for (let item = 0; item < items; item++) {
    interactions.resetItem(item)
    features.reset(item)
    kinds[item] = tokens.filter(() => random.uniform() < 0.5)
    features.set(item, kinds[item]!, () => {})
  }
  const byFeature = featureResiduals({
    ...{ histories: interactions.ofUsers, column: 1, features },
    versionsOf: interactions.itemVersions,
  })
  const past: { item: number; residual: number }[][] = Array.from({ length: users }, () => [])
  for (let n = 0; n < 200; n++) {
    const [user, item, residual] = [random.integer(users), random.integer(items), random.normal()]
    let [sum, count] = [0, 4]
    for (const kind of kinds[item]!) {
      let weight = 1
      for (const event of past[user]!.slice(-6).reverse()) {
        if (!kinds[event.item]!.includes(kind)) continue
        sum += weight * event.residual
        count += weight
        weight *= 0.9
      }
    }
    expect(byFeature.read(user, item)).toBeCloseTo(sum / count, 5)
    const at = interactions.add(user, item, 0)
    interactions.ofUsers.values[2 * at + 1] = residual
    byFeature.forget()
    past[user]!.push({ item, residual })
  }
})
