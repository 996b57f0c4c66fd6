import { expect, test } from 'vitest'
import { kMeans, nearest } from '../../../src/agents/q-learning/k-means.ts'
import { seededRandom } from '../../../src/state/random.ts'

/** Forty points around each of four corners. */
function corners() {
  const random = seededRandom(3, 'corners')
  const values = Float32Array.from({ length: 2 * 160 }, (_, i) => {
    const corner = Math.floor(i / 2) % 4
    return (i % 2 === 0 ? corner % 2 : Math.floor(corner / 2)) * 10 + random.normal()
  })
  return { values, size: 2, count: 160 }
}

const how = { clusters: 4, rounds: 20 }

test('finds the groups that are there', () => {
  const points = corners()
  const centres = kMeans(points, { ...how, random: seededRandom(1, 'k-means') })
  const labels = Array.from({ length: 160 }, (_, point) => nearest(centres, 2, points.values, point))
  expect(new Set(labels.slice(0, 4)).size).toBe(4)
  expect(labels.every((label, point) => label === labels[point % 4])).toBe(true)
})

test('gives the same centres for the same seed', () => {
  const centres = () => kMeans(corners(), { ...how, random: seededRandom(1, 'k-means') })
  expect(centres()).toEqual(centres())
})

test('has fewer centres where there are fewer different points, none where there are none', () => {
  const random = seededRandom(1, 'k-means')
  const same = { values: Float32Array.of(1, 2, 1, 2, 3, 4), size: 2, count: 3 }
  expect([...kMeans(same, { ...how, random })].sort()).toEqual([1, 2, 3, 4])
  expect(kMeans({ values: new Float32Array(0), size: 2, count: 0 }, { ...how, random })).toHaveLength(0)
})

test('going on, clusters keep their numbers and what they lack is added', () => {
  const points = corners()
  const start = Float32Array.of(10, 10, 0, 0)
  const centres = kMeans(points, { ...how, random: seededRandom(1, 'k-means'), start })
  expect(centres).toHaveLength(8)
  expect(Math.hypot(centres[0]! - 10, centres[1]! - 10)).toBeLessThan(1)
  expect(Math.hypot(centres[2]!, centres[3]!)).toBeLessThan(1)
})

test('a centre that lost all its points stays where it was', () => {
  const start = Float32Array.of(0, 0, 500, 500)
  const centres = kMeans(corners(), { ...how, clusters: 2, random: seededRandom(1, 'k-means'), start })
  expect([...centres.slice(2)]).toEqual([500, 500])
})
