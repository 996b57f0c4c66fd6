import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainReader } from '../../src/codec/avro-reader.ts'
import { logicalSchema } from '../../src/codec/canonical-schema.ts'
import { compilePlain } from '../../src/codec/plain-avro.ts'
import { Rejection } from '../../src/records/rejection.ts'

/** A value that avsc writes, as it is read here; avsc knows no logical types unless it is taught them. */
function plain(schema: unknown, value: unknown, decimals: 'text' | 'number' = 'text'): unknown {
  const bytes = avro.Type.forSchema(structuredClone(schema) as never).toBuffer(value)
  return compilePlain(logicalSchema(schema), { decimals })(bytes, 0)
}
const long = (logicalType: string) => ({ type: 'long', logicalType })

test('reads any value as a plain one', () => {
  const person = {
    type: 'record',
    name: 'Person',
    fields: [
      { name: 'name', type: 'string' },
      { name: 'tags', type: { type: 'array', items: ['null', 'int', 'string'] } },
      { name: 'scores', type: { type: 'map', values: 'double' } },
      { name: 'next', type: ['null', 'Person'] },
      { name: 'size', type: { type: 'enum', name: 'Size', symbols: ['S', 'M'] } },
      { name: 'flags', type: 'boolean' },
      { name: 'share', type: 'float' },
      { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 2 } },
    ],
  }
  const last = {
    name: 'bob',
    tags: [],
    scores: {},
    next: null,
    size: 'S',
    flags: false,
    share: 0,
    hash: Buffer.alloc(2),
  }
  const first = {
    ...{ name: 'ünal', tags: [null, -70_000, 'x'], scores: { a: 1.5, b: -2 } },
    ...{ next: last, size: 'M', flags: true, share: 0.5, hash: Buffer.from([1, 2]) },
  }
  expect(plain(person, first)).toEqual(first)
})

test('a record may be called as what every object has', () => {
  const schema = { type: 'record', name: 'constructor', fields: [{ name: 'next', type: ['null', 'constructor'] }] }
  const read = plainReader(JSON.stringify(schema), { decimals: 'text' }) as (bytes: Buffer, from: number) => unknown
  expect(read(Buffer.from([2, 2, 0]), 0)).toEqual({ next: { next: { next: null } } })
  expect(read(Buffer.from([2]), 0)).toBeInstanceOf(Rejection)
})

test.each([
  ['timestamp-millis', 1_700_000_000_123, 1_700_000_000_123],
  ['timestamp-micros', 1_700_000_000_123_999, 1_700_000_000_123],
  ['timestamp-micros', -1, -1],
  ['timestamp-nanos', 1_700_000_000_999_999, 1_700_000_000],
  ['local-timestamp-micros', 1_767_607_200_000_000, '2026-01-05T10:00:00.000'],
  ['made-up', 7, 7],
])('%s: %i is %o', (logicalType, written, read) => {
  expect(plain(long(logicalType), written)).toBe(read)
})

test('a decimal is text, or a number where that has all its digits', () => {
  const decimal = { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 2 }
  const bytes = (hex: string) => Buffer.from(hex, 'hex')
  expect(plain(decimal, bytes('07c6'))).toBe('19.90')
  expect(plain(decimal, bytes('ff'))).toBe('-0.01')
  expect(plain(decimal, bytes('07c6'), 'number')).toBe(19.9)
  expect(plain(decimal, bytes('016345785d8a0001'), 'number')).toBe('1000000000000000.01')
  expect(plain({ type: 'fixed', name: 'F', size: 2, logicalType: 'decimal', precision: 4 }, bytes('fffe'))).toBe('-2')
})

test('a uuid is text, also in sixteen bytes', () => {
  const uuid = '01234567-89ab-cdef-0123-456789abcdef'
  expect(plain({ type: 'string', logicalType: 'uuid' }, uuid)).toBe(uuid)
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex')
  expect(plain({ type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' }, bytes)).toBe(uuid)
})

test('a long keeps all its digits', () => {
  const bigints = avro.types.LongType.__with({
    fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
    toBuffer(value: bigint) {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(value)
      return bytes
    },
    fromJSON: BigInt,
    toJSON: Number,
    isValid: (value: unknown) => typeof value === 'bigint',
    compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
  } as never)
  const read = compilePlain('long', { decimals: 'text' })
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
      const safe = Number.isSafeInteger(Number(value)) ? Number(value) : value
      expect(read(bigints.toBuffer(value), 0)).toBe(safe)
    }),
  )
})

test('bytes that are no value of the schema are never read', () => {
  const schema = { type: 'record', name: 'R', fields: [{ name: 'a', type: { type: 'array', items: 'string' } }] }
  const read = plainReader(JSON.stringify(schema), { decimals: 'text' }) as (bytes: Buffer, from: number) => unknown
  const type = avro.Type.forSchema(schema as never)
  fc.assert(
    fc.property(fc.uint8Array(), array => {
      const value = read(Buffer.from(array), 0)
      if (!(value instanceof Rejection)) expect(type.isValid(value)).toBe(true)
    }),
  )
})
