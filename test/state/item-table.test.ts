import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idTable } from '../../src/state/id-table.ts'
import { type ItemTable, itemTable } from '../../src/state/item-table.ts'

/** A table with what its callbacks say of each slot, as parts of a learner would follow it. */
function followed(capacity: number) {
  const holders: string[] = []
  const table = itemTable({
    capacity,
    admitted: (slot, id) => {
      holders[slot] = id
    },
    exchanged: (from, to) => {
      ;[holders[from], holders[to]] = [holders[to]!, holders[from]!]
    },
  })
  return { table, holders }
}
const idsOf = (table: ItemTable) => Array.from({ length: table.size }, (_, slot) => table.id(slot))

test('items with events stand in front, in the order of their first events', () => {
  const { table, holders } = followed(8)
  for (const id of ['a', 'b', 'c']) table.know(id)
  expect(table.touch('c')).toBe(0)
  expect(table.touch('new')).toBe(1)
  expect(table.touch('a')).toBe(2)
  expect(idsOf(table)).toEqual(['c', 'new', 'a', 'b'])
  expect(holders).toEqual(['c', 'new', 'a', 'b'])
  expect(table.learned).toBe(3)
  expect([0, 1, 2, 3].map(table.hasEvents)).toEqual([true, true, true, false])
})

test('without room the oldest item without events goes, then the least recently active', () => {
  const { table } = followed(3)
  for (const id of ['a', 'b', 'c', 'd']) table.know(id)
  expect(['a', 'b', 'c', 'd'].map(table.find)).toEqual([-1, 1, 2, 0])
  for (const id of ['x', 'y', 'z', 'x', 'w']) table.touch(id)
  expect(['b', 'c', 'd', 'x', 'y', 'z', 'w'].map(id => table.find(id) >= 0)).toEqual([
    ...[false, false, false, true, false, true, true],
  ])
  expect(table.know('late')).toBe(-1)
})

test('a sixteenth of the room is kept for the newest items without events', () => {
  const { table } = followed(32)
  for (let k = 0; k < 64; k++) table.touch(`old${k}`)
  for (const id of ['n1', 'n2', 'n3']) table.know(id)
  expect(['n1', 'n2', 'n3'].map(id => table.find(id) >= 0)).toEqual([false, true, true])
  table.touch('other')
  expect(['n2', 'n3'].map(id => table.hasEvents(table.find(id)))).toEqual([false, false])
})

test('what is gone is forgotten first, and an event does not keep it', () => {
  const { table } = followed(3)
  for (const id of ['a', 'b', 'c']) table.touch(id)
  table.release(table.find('c'))
  table.touch('c')
  table.touch('d')
  expect(['a', 'b', 'c', 'd'].map(id => table.find(id) >= 0)).toEqual([true, true, false, true])
})

const step = fc.record({
  what: fc.constantFrom('touch', 'know', 'release', 'keep'),
  id: fc.integer({ min: 0, max: 40 }).map(n => `i${n}`),
})
const take = (table: ItemTable, { what, id }: { what: string; id: string }) => {
  if (what === 'touch') table.touch(id)
  else if (what === 'know') table.know(id)
  else if (table.find(id) >= 0) table[what as 'release' | 'keep'](table.find(id))
}

test('whatever comes: within its room, its callbacks tell who is where, and a restored table goes on alike', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 34 }), (steps, capacity) => {
      const { table, holders } = followed(capacity)
      const half = steps.length >> 1
      for (const each of steps.slice(0, half)) take(table, each)
      const again = followed(capacity).table
      again.restore('items', table.save('items'))
      for (const each of steps.slice(half)) {
        take(table, each)
        take(again, each)
      }
      expect(table.size).toBeLessThanOrEqual(capacity)
      expect(holders.slice(0, table.size)).toEqual(idsOf(table))
      for (let slot = 0; slot < table.size; slot++) {
        expect(table.find(table.id(slot))).toBe(slot)
        if (slot >= table.learned) expect(table.hasEvents(slot)).toBe(false)
      }
      expect(again.save('items')).toEqual(table.save('items'))
    }),
  )
})

test('where there is room, slots of items with events are those of a table that knows no others', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), steps => {
      const { table } = followed(41)
      const plain = idTable(41, () => {})
      for (const each of steps) {
        take(table, each)
        if (each.what === 'touch') expect(table.find(each.id)).toBe(plain.touch(each.id))
      }
      expect(table.learned).toBe(plain.size)
    }),
  )
})
