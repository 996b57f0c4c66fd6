import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idTable } from '../../src/state/id-table.ts'

test('gives the same id the same slot, and a new one the next', () => {
  const admitted: string[] = []
  const table = idTable(10, (slot, id) => admitted.push(`${id}@${slot}`))
  expect(['ann', 'bob', 'ann', 'cy'].map(table.touch)).toEqual([0, 1, 0, 2])
  expect(admitted).toEqual(['ann@0', 'bob@1', 'cy@2'])
  expect([table.find('bob'), table.find('dee'), table.id(2), table.size]).toEqual([1, -1, 'cy', 3])
})

test('when full, the least recently active id makes room, and its slot is admitted anew', () => {
  const admitted: string[] = []
  const table = idTable(2, (slot, id) => admitted.push(`${id}@${slot}`))
  for (const id of ['ann', 'bob', 'ann', 'cy']) table.touch(id)
  expect(admitted).toEqual(['ann@0', 'bob@1', 'cy@1'])
  expect(table.find('bob')).toBe(-1)
  expect(table.touch('bob')).toBe(0)
})

test('a saved and restored table goes on exactly like the one it was saved from', () => {
  const ids = fc.array(fc.string({ maxLength: 3, unit: 'grapheme' }), { maxLength: 60 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), ids, ids, (capacity, before, after) => {
      const table = idTable(capacity, () => {})
      before.forEach(table.touch)
      const other = idTable(capacity, () => {})
      other.restore('t', table.save('t'))
      expect(after.map(other.touch)).toEqual(after.map(table.touch))
      expect(other.save('t')).toEqual(table.save('t'))
      expect(table.size).toBeLessThanOrEqual(capacity)
    }),
  )
})

test('a slot that yields is the first to go, and the other one stays as long as the later of the two', () => {
  const table = idTable(3, () => {})
  for (const id of ['ann', 'bob', 'cookie']) table.touch(id)
  table.yield(table.find('cookie'), table.find('ann'))
  const known = () => ['ann', 'bob', 'cookie', 'cy', 'dan'].filter(id => table.find(id) >= 0)
  table.touch('cy')
  expect(known()).toEqual(['ann', 'bob', 'cy'])
  table.touch('dan')
  expect(known()).toEqual(['ann', 'cy', 'dan'])
  table.yield(table.find('ann'), table.find('dan'))
  const other = idTable(3, () => {})
  other.restore('t', table.save('t'))
  expect(['eve', 'flo'].map(other.touch)).toEqual(['eve', 'flo'].map(table.touch))
  expect(known()).toEqual(['dan'])
})
