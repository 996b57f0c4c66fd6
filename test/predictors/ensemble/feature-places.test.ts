import { expect, test } from 'vitest'
import { featurePlaces } from '../../../src/predictors/ensemble/feature-places.ts'

test('the order of tokens does not matter, and nothing is said to change where nothing does', () => {
  const places = featurePlaces({ size: 16, perSlot: 4 })
  places.reset(0)
  const left: number[] = []
  expect(places.set(0, ['a', 'b'], slot => left.push(slot))).toBe(true)
  expect(places.set(0, ['b', 'a'], slot => left.push(slot))).toBe(false)
  expect(places.set(0, ['b'], slot => left.push(slot))).toBe(true)
  expect(left).toEqual([0, 0])
  expect([...places.data.subarray(places.from(0), places.to(0))]).toEqual([2])
})
