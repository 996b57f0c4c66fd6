import { expect, test } from 'vitest'
import { explainPlaces, type SpreadKey } from '../../src/log/explain-places.ts'
import { type Partitioner, partitioners } from '../../src/log/partitioners.ts'

const users = Array.from({ length: 60 }, (_, k) => `user-${k}`)
const placed = (key: string, rule: Partitioner, partitions: number) => partitioners[rule](Buffer.from(key), partitions)

/** The keys of which records lie on several partitions, where each was sent to these in turn. */
function spread(to: (key: string, k: number) => number[]): SpreadKey[] {
  return users
    .map((key, k) => {
      const places = new Map<number, { partition: number; records: number; first: number }>()
      for (const [time, partition] of to(key, k).entries()) {
        const place = places.get(partition) ?? { partition, records: 0, first: time }
        places.set(partition, { ...place, records: place.records + 1 })
      }
      return { key, places: [...places.values()] }
    })
    .filter(({ places }) => places.length > 1)
}

test.each([2, 3, 8, 100])('two clients of different rules are told, on %i partitions', partitions => {
  const keys = spread(key => ['murmur2, as Java', 'CRC32'].map(rule => placed(key, rule as Partitioner, partitions)))
  const why = explainPlaces(keys, partitions)
  expect(why).toEqual({ partitioners: ['murmur2, as Java', 'CRC32'], before: null, shares: [0.5, 0.5] })
})

test('three clients of different rules are told, with the share of the records that each explains', () => {
  const rules: Partitioner[] = ['CRC32', 'FNV-1a', 'murmur2, as Java', 'murmur2, as Java']
  const why = explainPlaces(
    spread(key => rules.map(rule => placed(key, rule, 64))),
    64,
  )
  expect(why?.partitioners).toEqual(['murmur2, as Java', 'CRC32', 'FNV-1a'])
  expect(why?.shares.map(share => Math.round(100 * share))).toEqual([51, 25, 28])
})

test.each<[Partitioner, number, number]>([
  ['murmur2, as Java', 1, 2],
  ['murmur2, as Java', 4, 8],
  ['CRC32', 1, 12],
  ['FNV-1a', 6, 8],
])('partitions that were added are told from different rules: %s, %i became %i', (rule, before, partitions) => {
  const keys = spread(key => [placed(key, rule, before), placed(key, rule, partitions)])
  expect(explainPlaces(keys, partitions)).toMatchObject({ partitioners: [rule], before })
})

test('partitions that were added come before, not beside', () => {
  const keys = spread(key => [placed(key, 'CRC32', 8), placed(key, 'CRC32', 4)])
  expect(explainPlaces(keys, 8)).toBeNull()
})

test('partitions that were added and different rules are told together', () => {
  const rules: Partitioner[] = ['murmur2, as Java', 'CRC32']
  const keys = spread(key => [5, 8].flatMap(partitions => rules.map(rule => placed(key, rule, partitions))))
  expect(explainPlaces(keys, 8)).toMatchObject({ partitioners: rules, before: 5 })
})

test.each([2, 3, 8, 100])('records dealt out in turn are explained by nothing, on %i partitions', partitions => {
  expect(
    explainPlaces(
      spread((_, k) => [k % partitions, (k + 1) % partitions, (k + 2) % partitions]),
      partitions,
    ),
  ).toBeNull()
})

test('a few keys on other partitions still leave the rules in sight; a few keys alone tell nothing', () => {
  const keys = spread((key, k) =>
    k % 20 === 0 ? [1, 2, 3] : [placed(key, 'FNV-1a', 16), placed(key, 'murmur2, as Java', 16)],
  )
  expect(explainPlaces(keys, 16)?.partitioners).toEqual(['murmur2, as Java', 'FNV-1a'])
  expect(explainPlaces(keys.slice(0, 9), 16)).toBeNull()
})
