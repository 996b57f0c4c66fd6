import avro from 'avsc'
import { expect, test } from 'vitest'
import { canonicalSchema } from '../../src/codec/canonical-schema.ts'

test('an inner record inherits the namespace around it, and a name without one is looked up there first', () => {
  const schema = {
    type: 'record',
    name: 'Outer',
    namespace: 'shop',
    fields: [
      { name: 'inner', type: { type: 'record', name: 'Inner', fields: [] } },
      { name: 'again', type: 'Inner' },
      { name: 'full', type: 'shop.Inner' },
      { name: 'other', type: { type: 'fixed', name: 'Key', namespace: 'depot', size: 8 } },
    ],
  }
  const canonical = canonicalSchema(schema)
  expect(canonical).toEqual({
    name: 'shop.Outer',
    type: 'record',
    fields: [
      { name: 'inner', type: { name: 'shop.Inner', type: 'record', fields: [] } },
      { name: 'again', type: 'shop.Inner' },
      { name: 'full', type: 'shop.Inner' },
      { name: 'other', type: { name: 'depot.Key', type: 'fixed', size: 8 } },
    ],
  })
  expect(avro.Type.forSchema(canonical as never).name).toBe('shop.Outer')
})

test('attributes on a nested type, as Java generators write them, are left behind', () => {
  expect(canonicalSchema({ type: { type: 'string', 'avro.java.string': 'String' } })).toBe('string')
})

const nested = (levels: number) => {
  let schema: unknown = 'int'
  for (let level = 0; level < levels; level++) schema = { type: 'array', items: schema }
  return schema
}
test.each([
  ['64 levels of arrays', nested(64)],
  ['a fixed type of 16 MiB', { type: 'fixed', name: 'F', size: 2 ** 24 }],
  ['4,095 branches', Array.from({ length: 4_095 }, () => 'int')],
])('takes %s', (_, schema) => {
  expect(canonicalSchema(schema)).toEqual(schema)
})

const record = (fields: unknown[]) => ({ type: 'record', name: 'R', fields })

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a number', 42],
  ['an unknown name', 'Missing'],
  ['an object without a type', {}],
  ['a record without a name', { type: 'record', fields: [] }],
  ['a record without fields', { type: 'record', name: 'R' }],
  ['a field that is null', record([null])],
  ['a field without a type', record([{ name: 'a' }])],
  [
    'a field twice',
    record([
      { name: 'a', type: 'int' },
      { name: 'a', type: 'int' },
    ]),
  ],
  ['a field with a hyphen in its name', record([{ name: 'user-id', type: 'int' }])],
  ['a type with a space in its name', { type: 'record', name: 'My record', fields: [] }],
  ['a namespace that begins with a digit', { type: 'enum', name: 'E', namespace: '3d', symbols: ['A'] }],
  ['a symbol with a dot', { type: 'enum', name: 'E', symbols: ['A.B'] }],
  ['a field called __proto__', record([{ name: '__proto__', type: 'int' }])],
  ['a record called like a primitive', { type: 'record', name: 'string', fields: [] }],
  [
    'a name defined twice',
    [
      { type: 'enum', name: 'E', symbols: ['A'] },
      { type: 'enum', name: 'E', symbols: ['B'] },
    ],
  ],
  ['a union in a union', [['int']]],
  ['an enum without symbols', { type: 'enum', name: 'E', symbols: [] }],
  ['an enum with a symbol twice', { type: 'enum', name: 'E', symbols: ['A', 'A'] }],
  [
    'an enum with 4,096 symbols',
    { type: 'enum', name: 'E', symbols: Array.from({ length: 4_096 }, (_, i) => `S${i}`) },
  ],
  ['a fixed type of negative size', { type: 'fixed', name: 'F', size: -1 }],
  ['a fixed type of a byte more than 16 MiB', { type: 'fixed', name: 'F', size: 2 ** 24 + 1 }],
  ['65 levels of arrays', nested(65)],
  ['4,096 branches', Array.from({ length: 4_096 }, () => 'int')],
])('refuses %s', (_, schema) => {
  expect(() => canonicalSchema(schema)).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }))
})
