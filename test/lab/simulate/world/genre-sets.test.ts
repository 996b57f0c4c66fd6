import { expect, test } from 'vitest'
import { genreSets } from '../../../../src/lab/simulate/world/genre-sets.ts'
import { generated } from './population.ts'

test('items with the same genres share a set, and a product with it is the product with any of them', () => {
  const { items, genres, truth } = generated
  const width = genres.length
  const sets = genreSets(truth.shares, items)
  const table = Float64Array.from({ length: 2 * width }, (_, at) => Math.sin(at + 1))
  expect(sets.count).toBeLessThan(items)
  for (let item = 0; item < items; item++) {
    let product = 0
    for (let genre = 0; genre < width; genre++) product += truth.shares[item * width + genre]! * table[width + genre]!
    expect(sets.dot(sets.of[item]!, table, 1)).toBeCloseTo(product, 12)
  }
})
