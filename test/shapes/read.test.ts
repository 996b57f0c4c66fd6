import fc from 'fast-check'
import { expect, test } from 'vitest'
import { read } from '../../src/shapes/read.ts'

const at = (reader: (value: unknown, path: string) => unknown, field: unknown) => reader({ field }, 'field')
const refused = expect.objectContaining({ code: 'RECORD_INVALID' })

test('a field is found by its path, and one that is not there is named', () => {
  const value = { visitor: { id: 7, tags: null }, 'a.b': 1 }
  expect(read.text(value, 'visitor.id')).toBe('7')
  expect(read.text(value, 'visitor.name', { or: null })).toBeNull()
  expect(read.text(value, 'visitor.tags', { or: 'none' })).toBe('none')
  expect(() => read.text(value, 'visitor.name')).toThrow('"visitor.name" is missing; it must be a text')
  expect(() => read.number(value, 'visitor')).toThrow(
    '"visitor" must be a number, or a text such as "4.5", not an object.',
  )
  for (const nothing of [null, undefined, 'text', 5, []]) expect(() => read.text(nothing, 'id')).toThrow(refused)
  for (const inherited of ['constructor', '__proto__.constructor', 'toString']) {
    expect(() => read.text(value, inherited)).toThrow(refused)
  }
})

test('what is there and wrong is wrong, whatever stands for what is missing', () => {
  expect(() => read.number({ cents: 'many' }, 'cents', { or: 0 })).toThrow(refused)
})

test.each<[unknown, string]>([
  ['ann', 'ann'],
  ['', ''],
  [7, '7'],
  [4.5, '4.5'],
  [2n ** 60n, '1152921504606846976'],
])('%o as text', (given, text) => expect(at(read.text, given)).toBe(text))

test.each([2 ** 53, Number.NaN, true, {}, []])('%o is no text', given => {
  expect(() => at(read.text, given)).toThrow(refused)
})

test.each<[unknown, number]>([
  [4.5, 4.5],
  ['4.5', 4.5],
  [' -3 ', -3],
  ['1e3', 1000],
  ['.5', 0.5],
  [7n, 7],
])('%o as a number', (given, number) => expect(at(read.number, given)).toBe(number))

test.each([
  '',
  ' ',
  '4,5',
  '0x10',
  '1e999',
  'Infinity',
  '1 000',
  '12px',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  null,
  {},
])('%o is no number', given => expect(() => at(read.number, given)).toThrow(refused))

test.each([
  ['2026-01-05T10:00:00Z', Date.UTC(2026, 0, 5, 10)],
  ['2026-01-05T10:00Z', Date.UTC(2026, 0, 5, 10)],
  ['2026-01-05 10:00:00.123456+01:00', Date.UTC(2026, 0, 5, 9, 0, 0, 123)],
  ['2026-01-05T10:00:00,5 +0130', Date.UTC(2026, 0, 5, 8, 30, 0, 500)],
  ['2026-01-05T10:00:00-05', Date.UTC(2026, 0, 5, 15)],
  ['1969-12-31T23:59:59.999z', -1],
])('the time %s', (text, time) => expect(at(read.isoTime, text)).toBe(time))

test.each([
  '2026-01-05T10:00:00',
  '2026-01-05',
  'yesterday',
  '2026-13-05T10:00:00Z',
  '2026-01-05T25:00:00Z',
  1_700_000_000_000,
  '',
])('the time %o is refused: no zone, or none', text => expect(() => at(read.isoTime, text)).toThrow(refused))

test('every time that JavaScript writes is read back', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), date => {
      expect(at(read.isoTime, date.toISOString())).toBe(date.getTime())
    }),
  )
})

test('counts since 1970 are milliseconds, in the unit of the reader and no other', () => {
  expect(at(read.millis, '1700000000123')).toBe(1_700_000_000_123)
  expect(at(read.seconds, 1_700_000_000.123)).toBe(1_700_000_000_123)
  expect(at(read.seconds, '1700000000')).toBe(1_700_000_000_000)
  expect(at(read.micros, 1_700_000_000_123_999)).toBe(1_700_000_000_123)
  expect(at(read.nanos, '1700000000123999999')).toBe(1_700_000_000_123)
  expect(at(read.nanos, 1_700_000_000_123_999_999n)).toBe(1_700_000_000_123)
  expect(at(read.micros, -1)).toBe(-1)
  expect(() => at(read.seconds, 'soon')).toThrow(refused)
})

test('whole milliseconds come back from every unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 12), max: 4 * 10 ** 12 }), time => {
      expect(at(read.millis, time)).toBe(time)
      expect(at(read.seconds, time / 1000)).toBe(time)
      expect(at(read.micros, BigInt(time) * 1000n)).toBe(time)
      expect(at(read.nanos, `${BigInt(time) * 1_000_000n}`)).toBe(time)
    }),
  )
})
