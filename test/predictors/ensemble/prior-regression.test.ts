import { expect, test } from 'vitest'
import { featurePlaces } from '../../../src/predictors/ensemble/feature-places.ts'
import { priorRegression } from '../../../src/predictors/ensemble/prior-regression.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { solveDense } from './dense.ts'

const tokens = ['a', 'b', 'c', 'd', 'e']

test('prior means are those of a ridge regression on the slots that count, however they came, moved and went', () => {
  const random = seededRandom(3, 'slots')
  const places = featurePlaces({ size: 16, perSlot: 4 })
  const prior = priorRegression({ places, dimensions: 2, ridge: 1.5 })
  const [own, means] = [[] as string[][], [] as number[][]]
  const leave = (slot: number) => {
    if (prior.joined(slot)) prior.leave(slot, means[slot]!)
  }
  for (let slot = 0; slot < 30; slot++) {
    prior.reset(slot, leave)
    places.reset(slot)
    own[slot] = tokens.filter(() => random.uniform() < 0.4).slice(0, 4)
    places.set(slot, own[slot]!, leave)
    means[slot] = [random.normal(), random.normal()]
    prior.join(slot, means[slot]!)
  }
  prior.moved(4, [0.5, -1])
  means[4] = [means[4]![0]! + 0.5, means[4]![1]! - 1]
  own[7] = ['e', 'a']
  places.set(7, own[7]!, leave)
  prior.join(7, means[7]!)
  prior.reset(9, leave)
  places.reset(9)
  prior.fit()

  const rows = own.map(each => [1, ...tokens.map(token => (each.includes(token) ? 1 : 0))])
  const counted = [...rows.keys()].filter(slot => slot !== 9)
  const gram = rows[0]!.map((_, r) =>
    rows[0]!.map((_, c) => counted.reduce((sum, s) => sum + rows[s]![r]! * rows[s]![c]!, r === c ? 1.5 : 0)),
  )
  const mean = new Float64Array(2)
  for (const k of [0, 1]) {
    const weights = solveDense(
      gram,
      rows[0]!.map((_, r) => counted.reduce((sum, s) => sum + rows[s]![r]! * means[s]![k]!, 0)),
    )
    for (const slot of counted) {
      prior.mean(slot, mean)
      expect(mean[k]).toBeCloseTo(
        rows[slot]!.reduce((sum, value, r) => sum + value * weights[r]!, 0),
        9,
      )
    }
  }
})

test('more features than there are places share them, and are the same ones after being restored', () => {
  const places = featurePlaces({ size: 8, perSlot: 16 })
  places.reset(0)
  const many = Array.from({ length: 40 }, (_, k) => `word${k}`)
  expect(places.set(0, many, () => {})).toBe(true)
  expect(places.set(0, many, () => {})).toBe(false)
  expect(places.used).toBe(8)
  expect(Math.max(...places.data.subarray(places.from(0), places.to(0)))).toBeLessThan(8)
  const other = featurePlaces({ size: 8, perSlot: 16 })
  other.restore(places.save(1))
  expect(other.set(0, many, () => {})).toBe(false)
})
