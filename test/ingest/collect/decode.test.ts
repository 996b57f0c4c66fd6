import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { encodeEvent, encodeItem } from '../../../src/codec/input.ts'
import { RecstreamError } from '../../../src/errors.ts'
import {
  createEventCollector,
  createItemCollector,
  createProfileCollector,
} from '../../../src/ingest/collect/collect.ts'
import type { Decode, ForeignRecord } from '../../../src/records/definition.ts'
import { debeziumChange } from '../../../src/shapes/debezium.ts'
import { read } from '../../../src/shapes/read.ts'
import { record } from './record.ts'

const click = { action: 'view', visitor: { id: 7 }, product: { sku: 'S1' }, at: '2026-01-05T10:00:00Z' }
const event: NonNullable<Decode['event']> = ({ value }) => {
  const behaviour = read.text(value, 'action')
  if (behaviour === 'login') return null
  const [userId, itemId] = [read.text(value, 'visitor.id'), read.text(value, 'product.sku')]
  return { userId, itemId, behaviour, time: read.isoTime(value, 'at') }
}
const events = createEventCollector({ decode: event })
const decodedBy = (decode: unknown) => createEventCollector({ decode: decode as Decode['event'] })

test('a record in a shape of its own becomes an event; its place is its id, and it needs no key', () => {
  const given = record(click, null)
  expect(events.collect(given)).toEqual({
    record: given,
    value: {
      ...{ eventId: null, userId: '7', itemId: 'S1', behaviour: 'view', time: Date.UTC(2026, 0, 5, 10) },
      ...{ value: null, properties: {}, recommendationId: null },
    },
  })
})

test('an object that a function uses again is copied', () => {
  const properties: Record<string, number> = {}
  const counting = decodedBy(({ offset }: ForeignRecord) => {
    properties.offset = offset
    return { userId: 'ann', itemId: 'film', behaviour: 'view', time: 1, properties }
  })
  const [first] = [1, 2].map(offset => counting.collect({ ...record(click), offset }))
  expect(first).toMatchObject({ value: { properties: { offset: 1 } } })
})

test('null passes a record over', () => {
  const given = record({ ...click, action: 'login' })
  expect(events.collect(given)).toEqual({ record: given, passedOver: true })
})

test('what has our own schema passes the function by', () => {
  const own = {
    ...{ eventId: 'e', userId: 'ann', itemId: 'film', behaviour: 'view', time: 5 },
    ...{ value: null, properties: {}, recommendationId: null },
  }
  expect(events.collect(record(encodeEvent(own, 'avro')))).toMatchObject({ value: own })
  expect(events.collect(record(encodeEvent(own, 'json')))).toMatchObject({ reason: 'invalid' })
})

test.each<[what: string, decode: unknown, reason: string, message: RegExp]>([
  ['throws', () => (undefined as never as { x: 1 }).x, 'definition-failed', /^decode\.event threw TypeError: .*\.$/],
  [
    'returns undefined',
    () => undefined,
    'definition-failed',
    /^decode\.event returned undefined; it must be an object/,
  ],
  ['returns text', () => 'view', 'definition-failed', /returned a text/],
  ['returns a list', () => [click], 'definition-failed', /returned a list; one record is one event at most\.$/],
  [
    'returns a getter that throws',
    () => ({
      get userId() {
        throw new Error('late')
      },
    }),
    'definition-failed',
    /^decode\.event threw Error: late\.$/,
  ],
  ['is async', async () => Promise.reject(new Error('late')), 'definition-failed', /returned a promise/],
  ['returns half an event', () => ({ userId: 'ann' }), 'invalid', /^What decode\.event returned: "itemId" is missing/],
  [
    'cannot read a field',
    ({ value }: ForeignRecord) => read.text(value, 'who'),
    'invalid',
    /^"who" is missing; it must be/,
  ],
  [
    'says itself what is wrong',
    () => {
      throw new RecstreamError('RECORD_INVALID', 'An order without lines.\nMore.')
    },
    'invalid',
    /^An order without lines\. More\.$/,
  ],
])('a function that %s costs that record', (_, decode, reason, message) => {
  expect(decodedBy(decode).collect(record(click))).toMatchObject({ reason, message: expect.stringMatching(message) })
})

test.each([
  ['undecodable', 'hello'],
  ['undecodable', '{"action":'],
  ['too-large', Buffer.alloc((1 << 20) + 1, '{')],
  ['unknown-schema', Buffer.from('000000002a00', 'hex')],
])('%s is said before the function is asked', (reason, value) => {
  const decode = vi.fn(event)
  expect(decodedBy(decode).collect(record(value))).toMatchObject({ reason })
  expect(decode).not.toHaveBeenCalled()
})

test('the function sees the value, the key, the headers and the place', () => {
  const decode = vi.fn((_: ForeignRecord) => null)
  const headers = { trace: Buffer.from('x') }
  const seen = (value: Buffer | string | object | null, key: Buffer | string | null) => {
    decodedBy(decode).collect({ ...record(value, key), headers })
    return decode.mock.lastCall![0]
  }
  expect(seen('[1]', '{"id":5}')).toEqual({
    ...{ value: [1], key: { id: 5 } },
    headers,
    timestamp: 1_700_000_000_000,
    partition: 3,
    offset: 17,
  })
  expect(seen(null, 'ünal')).toMatchObject({ value: null, key: 'ünal' })
  expect(seen('', null)).toMatchObject({ value: null, key: null })
  expect(seen(click, '{broken')).toMatchObject({ key: '{broken' })
  expect(seen(click, Buffer.from([0xff, 0]))).toMatchObject({ key: Buffer.from([0xff, 0]) })
  // A long of Kafka's own serializer looks like a frame with the id 0.
  const long = Buffer.from('0000000000000005', 'hex')
  expect(seen(click, long)).toMatchObject({ key: long })
})

test('any bytes with any function come to a value, to nothing, or to a known reason', () => {
  const any = fc.oneof(
    fc.uint8Array().map(bytes => Buffer.from(bytes)),
    fc.json().map(text => Buffer.from(text)),
  )
  fc.assert(
    fc.property(any, fc.option(any), fc.func(fc.anything()), (value, key, decode) => {
      expect(Object.keys(decodedBy(decode).collect(record(value, key)))).toContain('record')
    }),
  )
})

const item: NonNullable<Decode['item']> = ({ key, value }) => {
  const change = debeziumChange({ key, value })
  if (change === null) return null
  const itemId = read.text(change.row, 'id')
  return change.deleted ? { deleted: true, itemId } : { itemId, title: read.text(change.row, 'name', { or: null }) }
}
const items = createItemCollector({ decode: item })
const key = '{"id":5}'

test('a changed row is an item; deleted, and again by the null value behind, it is gone', () => {
  const pot = { value: { itemId: '5', title: 'Pot', attributes: {}, tags: [] } }
  const gone = { value: { deleted: true, id: '5' } }
  expect(items.collect(record({ before: null, after: { id: 5, name: 'Pot' }, op: 'c' }, key))).toMatchObject(pot)
  expect(items.collect(record({ before: { id: 5 }, after: null, op: 'd' }, key))).toMatchObject(gone)
  expect(items.collect(record(null, key))).toMatchObject(gone)
  expect(items.collect(record({ op: 't', before: null }, key))).toMatchObject({ passedOver: true })
})

test('a key that says another id than the value is refused: a delete by it would remove the wrong one', () => {
  const other = record({ before: null, after: { id: 6 }, op: 'c' }, key)
  expect(items.collect(other)).toMatchObject({ reason: 'invalid', message: expect.stringContaining('another id') })
  expect(items.collect({ ...other, key: null })).toMatchObject({ value: { itemId: '6' } })
  const byValue = createItemCollector({ decode: ({ value }) => ({ itemId: read.text(value, 'after.id') }) })
  expect(byValue.collect(other)).toMatchObject({ value: { itemId: '6' } })
})

test('a function that looks at values alone is told what to do about a record without one', () => {
  const byValue = createItemCollector({ decode: ({ value }) => ({ itemId: (value as { id: string }).id }) })
  expect(byValue.collect(record(null, key))).toMatchObject({
    reason: 'definition-failed',
    message: expect.stringMatching(
      /decode\.item has no answer to a record without a value: return \{ deleted: true, itemId \}/,
    ),
  })
  const reading = createProfileCollector({ decode: ({ value }) => ({ userId: read.text(value, 'id') }) })
  expect(reading.collect(record(null, key))).toMatchObject({
    reason: 'invalid',
    message: expect.stringContaining('userId'),
  })
})

test('an id that is none is refused, also of what is gone', () => {
  const gone = createItemCollector({ decode: () => ({ deleted: true, itemId: '' }) })
  expect(gone.collect(record(null, key))).toMatchObject({ reason: 'invalid' })
  expect(
    items.collect(record(encodeItem({ itemId: key, title: null, attributes: {}, tags: [] }, 'avro'), key)),
  ).toMatchObject({
    value: { itemId: key },
  })
})

test.each([
  [
    { before: null, after: { id: 5 }, op: 'c' },
    /a change of Debezium; give the pipeline a decode\.item .* debeziumChange/,
  ],
  [{ schema: { type: 'struct' }, payload: { id: 5 } }, /Kafka Connect’s JSON with a schema; .* connectPayload/],
])('without a function, a known envelope is called by its name', (value, message) => {
  expect(createItemCollector().collect(record(value, '5'))).toMatchObject({
    reason: 'invalid',
    message: expect.stringMatching(message),
  })
})
