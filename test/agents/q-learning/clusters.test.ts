import { expect, test } from 'vitest'
import { createClusters } from '../../../src/agents/q-learning/clusters.ts'
import { seededRandom } from '../../../src/state/random.ts'
import { nothingKnown } from '../nothing-known.ts'

/** Items and users on the two ends of a line; items can come and move. */
function world() {
  const vectors = Float32Array.of(1, 1.1, -1, -1.1, 0, 0, 0, 0)
  const catalogue = {
    ...{ itemSize: 1, profileSize: 1, itemCount: 4, version: 1 },
    itemVectors: () => vectors,
    readProfile: (user: number, into: Float32Array) => into.fill(user % 2),
    readTaste: (user: number, into: Float32Array) => into.fill(user % 2 === 0 ? 2 : -2),
    ...nothingKnown(8),
  }
  const options = { itemClusters: 2, userClusters: 2, reclusterEvery: 1024 }
  const create = () => createClusters(catalogue, options, seededRandom(1, 'clusters'))
  return { catalogue, vectors, create }
}

const pass = (clusters: { learn(user: number): void }, events: number) => {
  for (let event = 0; event < events; event++) clusters.learn(event % 7)
}

test('items that are alike share a cluster from the start, users once some were seen', () => {
  const clusters = world().create()
  expect(clusters.ofItem(0)).toBe(clusters.ofItem(1))
  expect(clusters.ofItem(0)).not.toBe(clusters.ofItem(2))
  expect(clusters.ofUser(0)).toBe(clusters.ofUser(1))
  pass(clusters, 256)
  expect(clusters.ofUser(0)).toBe(clusters.ofUser(2))
  expect(clusters.ofUser(0)).not.toBe(clusters.ofUser(1))
})

test('an item that came later belongs to the nearest cluster', () => {
  const { catalogue, vectors, create } = world()
  const clusters = create()
  vectors[4] = -0.7
  catalogue.itemCount = 5
  catalogue.version += 1
  expect(clusters.ofItem(4)).toBe(clusters.ofItem(2))
})

test('an item that moved changes its cluster when clusters are next worked out, and clusters keep their numbers', () => {
  const { catalogue, vectors, create } = world()
  const clusters = create()
  const [right, left] = [clusters.ofItem(0), clusters.ofItem(2)]
  vectors[1] = -1
  catalogue.version += 1
  pass(clusters, 255)
  expect(clusters.ofItem(1)).toBe(right)
  pass(clusters, 1)
  expect([clusters.ofItem(0), clusters.ofItem(1), clusters.ofItem(2)]).toEqual([right, left, left])
})

test('fits are measured in standard deviations over users and items', () => {
  const clusters = world().create()
  expect(clusters.standardised(2)).toBe(2)
  pass(clusters, 256)
  expect(clusters.standardised(2.2)).toBeGreaterThan(0.8)
  expect(clusters.standardised(2.2)).toBeLessThan(1.3)
})
