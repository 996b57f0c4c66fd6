import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decayed, drawer, firstPlace } from '../../src/agents/draw.ts'
import { seededRandom } from '../../src/state/random.ts'

const all = () => true

test('without exploration the best come first, the lower slot among equals', () => {
  const draw = drawer(seededRandom(1, 'draw'))
  const list = draw([0.2, 0.9, 0.9, 0.5], 4, item => item !== 3, 3, { epsilon: 0, temperature: 0 })
  expect(list.map(({ item, propensity }) => [item, propensity])).toEqual([
    [1, 1],
    [2, 1],
    [0, 1],
  ])
})

test('the share of draws is the propensity that they say', () => {
  const draw = drawer(seededRandom(2, 'draw'))
  const counts = [0, 0, 0]
  const said = [0, 0, 0]
  for (let k = 0; k < 20_000; k++) {
    const [{ item, propensity }] = draw([0.1, 0.3, 0.2], 3, all, 1, { epsilon: 0.3, temperature: 0.1 }) as [never]
    counts[item]! += 1 / 20_000
    said[item] = propensity
  }
  counts.forEach((share, item) => {
    expect(share).toBeCloseTo(said[item]!, 1)
  })
})

test('the distribution of the first place sums to 1 and is what a draw says of itself', () => {
  const scores = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 12 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      scores,
      share,
      fc.constantFrom(0, 0.05, 1),
      fc.integer({ min: 0, max: 9 }),
      (given, epsilon, temperature, seed) => {
        const allowed = (item: number) => item % 3 !== 1 || given.length < 3
        const drawing = { epsilon, temperature }
        const chances = firstPlace(given, given.length, allowed, drawing, new Float64Array(given.length))
        expect(chances.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 9)
        const [first] = drawer(seededRandom(seed, 'draw'))(given, given.length, allowed, 1, drawing)
        expect(chances[first!.item]).toBeCloseTo(first!.propensity, 9)
      },
    ),
  )
})

test('places below one that had all the weight follow the softmax of what is left', () => {
  const scores = [9, 5, 4.9, 0]
  const softmax = (left: number[]) => {
    const weights = left.map(item => Math.exp((scores[item]! - scores[left[0]!]!) / 0.05))
    return weights.map(each => each / weights.reduce((sum, weight) => sum + weight))
  }
  for (let seed = 0; seed < 20; seed++) {
    const list = drawer(seededRandom(seed, 'draw'))(scores, 4, all, 4, { epsilon: 0, temperature: 0.05 })
    const left = [0, 1, 2, 3]
    for (const { item, propensity } of list) {
      expect(propensity).toBeCloseTo(softmax(left)[left.indexOf(item)]!, 9)
      left.splice(left.indexOf(item), 1)
    }
    expect(left).toEqual([])
  }
})

test('a decay goes straight from one value to the other and stays there', () => {
  const decay = { from: 1, to: 0.2, steps: 4 }
  expect([0, 2, 4, 9].map(step => decayed(decay, step))).toEqual([1, 0.6, 0.2, 0.2])
})
