import { expect, test } from 'vitest'
import { attributeTable } from '../../src/learner/attribute-table.ts'
import { noAttributes } from '../../src/records/attribute-value.ts'

test('attributes come as what they are, and are one object until they change', () => {
  const table = attributeTable()
  table.set(0, '{"price":"9.90","brand":"Ash","in_stock":"true"}')
  const first = table.of(0)
  expect(first).toEqual({ price: 9.9, brand: 'Ash', in_stock: true })
  table.set(0, '{"price":"9.90","brand":"Ash","in_stock":"true"}')
  table.set(0, '')
  expect(table.of(0)).toBe(first)
  table.set(0, '{"price":"8"}')
  expect(table.of(0)).toEqual({ price: 8 })
  expect(table.of(1)).toBe(noAttributes)
})

test('names of what every object has are attributes like others', () => {
  const table = attributeTable()
  expect(table.of(0)['constructor']).toBeUndefined()
  table.set(0, '{"__proto__":"a","constructor":"b"}')
  expect(Object.entries(table.of(0))).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
  ])
})

test('what is saved comes back', () => {
  const table = attributeTable()
  table.set(0, '{"title":"Käse"}')
  table.set(2, '{"price":"1"}')
  const again = attributeTable()
  again.restore(table.save(3))
  expect([0, 1, 2].map(again.of)).toEqual([{ title: 'Käse' }, {}, { price: 1 }])
})
