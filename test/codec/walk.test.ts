import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CanonicalSchema, canonicalSchema, logicalSchema } from '../../src/codec/canonical-schema.ts'
import { compileWalk } from '../../src/codec/walk.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')
const long = (value: number) => avro.Type.forSchema('long').toBuffer(value)
const holds = (schema: unknown, bytes: Buffer) => compileWalk(canonicalSchema(schema))(bytes, 0)

const list = { type: 'record', name: 'List', fields: [{ name: 'next', type: ['null', 'List'] }] }
const tree = { type: 'record', name: 'Tree', fields: [{ name: 'children', type: { type: 'array', items: 'Tree' } }] }
const empty = { type: 'record', name: 'Empty', fields: [] }
const pair = (a: unknown, b: unknown) => ({
  type: 'record',
  name: 'Pair',
  fields: [
    { name: 'a', type: a },
    { name: 'b', type: b },
  ],
})
const nulls = { type: 'array', items: 'null' }
/** So many records in one another, each holding the one before it twice: 2^levels of them in no bytes at all. */
function doubling(levels: number): unknown {
  let type: unknown = { type: 'record', name: 'R0', fields: [] }
  for (let level = 1; level <= levels; level++) {
    const fields = [
      { name: 'a', type },
      { name: 'b', type: `R${level - 1}` },
    ]
    type = { type: 'record', name: `R${level}`, fields }
  }
  return type
}
/** Records of 99 nulls and a boolean, so many as are asked for. */
const wide = {
  type: 'array',
  items: {
    type: 'record',
    name: 'Wide',
    fields: Array.from({ length: 100 }, (_, i) => ({ name: `f${i}`, type: i === 99 ? 'boolean' : 'null' })),
  },
}
const wideOnes = (count: number) => Buffer.concat([long(count), Buffer.alloc(count), hex('00')])

test.each<[what: string, schema: unknown, bytes: Buffer]>([
  ['an array in one block', { type: 'array', items: 'int' }, hex('04 02 04 00')],
  ['an array in a block with its size', { type: 'array', items: 'int' }, hex('03 04 02 04 00')],
  ['an array in two blocks', { type: 'array', items: 'int' }, hex('02 02 02 04 00')],
  ['a map', { type: 'map', values: 'boolean' }, hex('02 02 61 01 00')],
  ['as many nulls as 4 bytes allow', nulls, Buffer.concat([long(10_032), hex('00')])],
  ['a list of three', list, hex('02 02 02 00')],
  ['a list of 50', list, Buffer.concat([Buffer.alloc(49, 2), hex('00')])],
  ['a tree of 50 levels', tree, Buffer.concat([Buffer.alloc(49, 2), Buffer.alloc(50)])],
  ['2^11 records in no bytes', doubling(11), Buffer.alloc(0)],
  ['100 wide records', wide, wideOnes(100)],
  ['the largest long', 'long', hex('fe ff ff ff ff ff ff ff ff 01')],
  ['UTF-8', 'string', hex('06 e2 82 ac')],
  ['the smallest int', 'int', long(-(2 ** 31))],
  ['an enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, hex('02')],
  ['a fixed', { type: 'fixed', name: 'F', size: 2 }, hex('ab cd')],
])('passes %s', (_, schema, bytes) => {
  expect(holds(schema, bytes)).toBe(true)
})

test.each<[what: string, schema: unknown, bytes: Buffer]>([
  ['nothing at all', 'int', Buffer.alloc(0)],
  ['one byte too many', 'int', hex('02 02')],
  ['an item more than there are bytes', { type: 'array', items: 'int' }, Buffer.concat([long(4), hex('02 04 00')])],
  ['a null more than 4 bytes allow', nulls, Buffer.concat([long(10_033), hex('00')])],
  ['the same in a block with its size', nulls, Buffer.concat([long(-10_041), hex('00 00')])],
  ['an empty record too many', { type: 'array', items: empty }, Buffer.concat([long(5_017), hex('00')])],
  ['2^12 records in no bytes', doubling(12), Buffer.alloc(0)],
  ['110 wide records', wide, wideOnes(110)],
  ['a count cut off', { type: 'array', items: 'int' }, hex('84')],
  ['a block that is shorter than it says', { type: 'array', items: 'int' }, hex('03 06 02 04 00')],
  ['a block that is longer than it says', { type: 'array', items: 'int' }, hex('03 02 02 04 00')],
  ['a block of negative size', { type: 'array', items: 'int' }, hex('03 01 02 04 00')],
  ['an array without an end', { type: 'array', items: 'int' }, hex('04 02 04')],
  ['a text a byte longer than what is left', 'string', Buffer.concat([long(4), Buffer.from('abc')])],
  ['bytes one more than what is left', 'bytes', Buffer.concat([long(4), Buffer.from('abc')])],
  ['a text of -1 bytes, whose length would serve twice', pair('string', 'int'), hex('01')],
  ['bytes of -1 bytes, whose length would serve twice', pair('bytes', 'int'), hex('01')],
  ['a boolean cut off', 'boolean', Buffer.alloc(0)],
  ['a text that is not UTF-8', 'string', hex('04 c3 28')],
  ['a long text that is not UTF-8', 'string', Buffer.concat([long(100), Buffer.alloc(100, 0xff)])],
  ['a number that never ends', 'long', Buffer.alloc(100, 0xff)],
  ['a number cut off', 'long', hex('80')],
  ['an int beyond 32 bits', 'int', long(2 ** 31)],
  ['a boolean of 2', 'boolean', hex('02')],
  ['a branch that the union lacks', ['null', 'int'], hex('04 00')],
  ['a negative branch', ['null', 'int'], hex('01 00')],
  ['a symbol that the enum lacks', { type: 'enum', name: 'E', symbols: ['A'] }, hex('02')],
  ['a fixed cut off', { type: 'fixed', name: 'F', size: 4 }, hex('ab cd')],
  ['a double cut off', 'double', hex('00 00 00')],
  ['a map with the key __proto__', { type: 'map', values: 'int' }, hex('02 12 5f5f70726f746f5f5f 02 00')],
  ['a list of 51', list, Buffer.concat([Buffer.alloc(50, 2), hex('00')])],
  ['a tree of 51 levels', tree, Buffer.concat([Buffer.alloc(50, 2), Buffer.alloc(51)])],
  ['a record that contains itself', { type: 'record', name: 'R', fields: [{ name: 'r', type: 'R' }] }, Buffer.alloc(0)],
  ['a union without branches', [], hex('00')],
])('refuses %s', (_, schema, bytes) => {
  expect(holds(schema, bytes)).toBe(false)
})

const { schema: schemas } = fc.letrec<{ schema: CanonicalSchema }>(tie => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'),
    fc.record({ type: fc.constant('array' as const), items: tie('schema') }),
    fc.record({ type: fc.constant('map' as const), values: tie('schema') }),
    fc.tuple(tie('schema'), tie('schema')).map(([a, b]) => ({ fields: [a, b] }) as never),
    tie('schema').map(branch => (Array.isArray(branch) ? branch : ['null', ...(branch === 'null' ? [] : [branch])])),
  ),
}))

test('a logical type passes what the type below it does', () => {
  const time = { type: 'long', logicalType: 'timestamp-millis' }
  const money = { type: 'fixed', name: 'Money', size: 2, logicalType: 'decimal', scale: 2 }
  const price = pair(time, ['null', money])
  for (const bytes of ['02 02 0001', '02 00', '02 02 00', '02 04', '']) {
    expect(compileWalk(logicalSchema(price))(hex(bytes), 0), bytes).toBe(holds(price, hex(bytes)))
  }
  expect(compileWalk(logicalSchema(price))(hex('02 02 0001'), 0)).toBe(true)
})

/** Records are made without names above, since names must differ. */
function named(schema: unknown, counter = { next: 0 }): CanonicalSchema {
  if (typeof schema === 'string') return schema
  if (Array.isArray(schema)) return schema.map(branch => named(branch, counter))
  const { type, items, values, fields } = schema as Record<string, unknown>
  if (type === 'array') return { type, items: named(items, counter) }
  if (type === 'map') return { type, values: named(values, counter) }
  const name = `R${counter.next++}`
  const made = (fields as unknown[]).map((field, i) => ({ name: `f${i}`, type: named(field, counter) }))
  return { name, type: 'record', fields: made }
}

test('passes whatever avsc writes, and avsc reads whatever passes', () => {
  fc.assert(
    fc.property(schemas, fc.uint8Array({ maxLength: 60 }), fc.nat(), (made, noise, place) => {
      const schema = named(made)
      const type = avro.Type.forSchema(structuredClone(schema) as never)
      const walk = compileWalk(schema)
      const written = type.toBuffer(type.random())
      if (!written.includes('__proto__')) expect(walk(written, 0), written.toString('hex')).toBe(true)
      const flipped = Buffer.from(written)
      if (flipped.length > 0) flipped[place % flipped.length]! ^= 1 << (place % 8)
      for (const bytes of [flipped, Buffer.from(noise), written.subarray(0, place % (written.length + 1))]) {
        if (!walk(bytes, 0)) continue
        try {
          expect(type.decode(bytes, 0).offset, bytes.toString('hex')).toBe(bytes.length)
        } catch (error) {
          expect((error as Error).message).toBe('potential precision loss')
        }
      }
    }),
    { numRuns: 3_000 },
  )
}, 30_000)
