import { expect, test } from 'vitest'
import { featurePlaces } from '../../../src/predictors/ensemble/feature-places.ts'

test('reads what was saved when every slot had as much room', () => {
  const before = featurePlaces({ size: 16, perSlot: 4 })
  for (const slot of [0, 1, 2]) before.reset(slot)
  before.set(0, ['a', 'b', 'c'], () => {})
  before.set(2, ['c'], () => {})
  const { tokens } = before.save(3)
  const places = featurePlaces({ size: 16, perSlot: 4 })
  places.restore({ places: Uint8Array.of(3, 2, 1, 0, 0, 0, 0, 0, 3, 0, 0, 0), tokens: tokens! })
  expect(places.save(3)).toEqual(before.save(3))
})

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
