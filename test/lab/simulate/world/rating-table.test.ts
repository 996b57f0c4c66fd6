import { expect, test } from 'vitest'
import { readRatingTable } from '../../../../src/lab/simulate/world/rating-table.ts'
import type { BehaviourEvent, SourceReader } from '../../../../src/records/definition.ts'

const rated = (userId: string, itemId: string, value: number | null): BehaviourEvent => ({
  ...{ eventId: `${userId}-${itemId}`, userId, itemId, behaviour: 'rate', time: 0, value },
  ...{ properties: {}, recommendationId: null },
})

/** The first hundred items are rated by one person, the others by two; the first has no tags. */
function reader(items: number): SourceReader {
  return {
    name: 'small',
    profiles: async function* () {},
    items: async function* () {
      for (let item = 0; item < items; item++) {
        const tags = item === 0 ? [] : item % 3 === 0 ? ['War', 'Drama'] : ['Drama']
        yield { itemId: `i${item}`, title: null, attributes: {}, tags }
      }
    },
    events: async function* () {
      for (let item = 0; item < items; item++) {
        for (let user = 0; user < (item < 100 ? 1 : 2); user++) yield rated(`u${user}`, `i${item}`, 1 + (user % 5))
      }
      yield rated('watcher', 'i1', null)
    },
    eventCount: async () => 0,
  }
}

test('the most rated items are taken, with their genres, and events without a value are left out', async () => {
  const table = await readRatingTable(reader(700))
  expect(table).toMatchObject({ source: 'small', users: 2, items: 600, genres: ['Drama', 'War'] })
  // Of equally rated items the one whose id comes first: i100, i101 and i102, which is of two genres.
  expect([...table.flags.subarray(0, 6)]).toEqual([1, 0, 1, 0, 1, 1])
  expect(table.rating).toHaveLength(1200)
  expect(new Set(table.item).size).toBe(600)
})

test('an item without genres gets the most frequent one', async () => {
  const { flags } = await readRatingTable(reader(210))
  // i0 is the first after the 110 items that two people rated.
  expect([...flags.subarray(220, 222)]).toEqual([1, 0])
})

test('too few items are refused in a sentence', async () => {
  await expect(readRatingTable(reader(50))).rejects.toThrow(/small has 50 rated items, and a world needs 200/)
})
