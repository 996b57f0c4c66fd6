import { expect, test } from 'vitest'
import { createPriorities } from '../../../src/agents/dqn/priorities.ts'
import { seededRandom } from '../../../src/state/random.ts'

test('places are drawn in proportion to |error| to the exponent', () => {
  const priorities = createPriorities(5, 1)
  for (let place = 0; place < 5; place++) priorities.add(place)
  priorities.set(Int32Array.of(0, 1, 2, 3, 4), Float32Array.of(0, 1, -2, 0, 0))
  const { places } = priorities.sample(8000, 1, 5, seededRandom(1, 'draws'), () => true)
  const shares = [0, 0, 0, 0, 0]
  for (const place of places) shares[place]! += 1 / places.length
  const expected = [0.01, 1.01, 2.01, 0.01, 0.01].map(each => each / 3.05)
  shares.forEach((share, place) => {
    expect(share).toBeCloseTo(expected[place]!, 1)
  })
})

test('what is drawn more often weighs less, the rarest one most', () => {
  const priorities = createPriorities(2, 1)
  priorities.add(0)
  priorities.add(1)
  priorities.set(Int32Array.of(0, 1), Float32Array.of(0.99, 2.99))
  const { places, shares } = priorities.sample(200, 1, 2, seededRandom(1, 'draws'), () => true)
  const of = (place: number) => shares[places.indexOf(place)]!
  expect(of(0)).toBeCloseTo(1, 5)
  expect(of(1)).toBeCloseTo(1 / 3, 5)
})

test('an error that is not finite changes nothing, and places that do not fit are not drawn', () => {
  const priorities = createPriorities(4, 1)
  for (let place = 0; place < 4; place++) priorities.add(place)
  const before = priorities.arrays['tree']!.slice()
  priorities.set(Int32Array.of(2), Float32Array.of(Number.NaN))
  expect(priorities.arrays['tree']).toEqual(before)
  const { places } = priorities.sample(50, 0.4, 4, seededRandom(1, 'draws'), place => place === 3)
  expect(new Set(places)).toEqual(new Set([3]))
})
