import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import avro from 'avsc'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { encodeEvent, encodeItem } from '../../../src/codec/input.ts'
import { createSchemaRegistry, type SchemaRegistry } from '../../../src/codec/registry.ts'
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
      ...{ eventId: '3:17', userId: '7', itemId: 'S1', behaviour: 'view', time: Date.UTC(2026, 0, 5, 10) },
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

/* Framed values, as the wire format of Confluent's serializers has it: 0, the id, the value; or the GUID in a header. */

const clicked = {
  type: 'record',
  name: 'ClickEvent',
  namespace: 'com.shop',
  fields: [
    { name: 'user', type: { type: 'record', name: 'User', fields: [{ name: 'id', type: 'long' }] } },
    { name: 'sku', type: ['null', 'string'] },
    { name: 'at', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }] },
  ],
}
const keyed = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'long' }] }
const guid = '89791762-2336-4186-9674-299b90a802e2'
const schemas: Record<string, object> = {
  'ids/7': { schema: JSON.stringify(clicked) },
  'ids/8': { schema: JSON.stringify(keyed) },
  'ids/9': { schemaType: 'JSON', schema: '{"type":"object"}' },
  // message Click { string user_id = 1; int64 at = 2; }
  'ids/10': {
    schemaType: 'PROTOBUF',
    schema: 'syntax = "proto3"; message Click { string user_id = 1; int64 at = 2; }',
  },
  'ids/10?format=serialized': {
    schemaType: 'PROTOBUF',
    schema: Buffer.from(
      '0a016122240a05436c69636b120f0a07757365725f6964180120012809120a0a026174180220012803620670726f746f33',
      'hex',
    ).toString('base64'),
  },
  [`guids/${guid}`]: { schema: JSON.stringify(clicked) },
  'ids/11': {
    schema: '{"type":"record","name":"R","fields":[{"name":"a","type":"com.shop.Other"}]}',
    references: [{ name: 'com.shop.Other', subject: 'other', version: 1 }],
  },
}
let registry: SchemaRegistry
let close: () => void
beforeAll(async () => {
  const server = createServer(({ url }, response) => {
    const found = schemas[url!.slice('/schemas/'.length)]
    response.statusCode = found === undefined ? 404 : 200
    response.end(JSON.stringify(found ?? { error_code: 40403 }))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  registry = createSchemaRegistry(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  close = () => server.close()
})
afterAll(() => close())

const frame = (id: number, body: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, 0, id]), body])
const written = (schema: object, value: unknown) =>
  avro.Type.forSchema(structuredClone(schema) as never).toBuffer(value)
const avroClick = written(clicked, { user: { id: 7 }, sku: 'S1', at: 1_700_000_000_123_456 })

/** What a function is given of a record. */
async function given(value: Buffer, keyBytes: Buffer | null, headers: Record<string, Buffer> = {}) {
  const seen: ForeignRecord[] = []
  const decode = (foreign: ForeignRecord) => {
    seen.push(foreign)
    return null
  }
  const collector = createEventCollector({ registry, decode })
  const sent = { ...record(value, keyBytes), headers }
  await collector.prepare([sent])
  const collected = collector.collect(sent)
  return seen[0] ?? collected
}

test('any Avro record is given as a plain object, a framed key too', async () => {
  expect(await given(frame(7, avroClick), frame(8, written(keyed, { id: 5 })))).toMatchObject({
    value: { user: { id: 7 }, sku: 'S1', at: 1_700_000_000_123 },
    key: { id: 5 },
  })
})

test('a schema is named in a header as well, by its GUID or its number', async () => {
  const byGuid = Buffer.concat([Buffer.from([1]), Buffer.from(guid.replaceAll('-', ''), 'hex')])
  for (const header of [byGuid, Buffer.from([0, 0, 0, 0, 7])]) {
    expect(await given(avroClick, null, { __value_schema_id: header })).toMatchObject({ value: { sku: 'S1' } })
  }
  expect(await given(avroClick, null, { __value_schema_id: Buffer.from([2, 0]) })).toMatchObject({
    reason: 'unknown-schema',
  })
  expect(await given(Buffer.from('{"a":1}'), null, { __value_schema_id: byGuid })).toMatchObject({ value: { a: 1 } })
})

test('JSON Schema is JSON behind its frame; without a registry too', async () => {
  const framed = frame(9, Buffer.from('{"a":"\\u00fc"}'))
  expect(await given(framed, null)).toMatchObject({ value: { a: 'ü' } })
  expect(await given(frame(9, Buffer.from('[1]')), null)).toMatchObject({ value: [1] })
  expect(await given(frame(9, Buffer.from('{"a":')), null)).toMatchObject({ reason: 'undecodable' })
  expect(
    createEventCollector().collect(
      record(frame(200, Buffer.from(JSON.stringify({ userId: 'ü', itemId: 'i', behaviour: 'b', time: 1 })))),
    ),
  ).toMatchObject({
    value: { userId: 'ü' },
  })
})

test('Protobuf is read by the descriptor that the registry gives, as a plain value', async () => {
  const body = Buffer.from('000a03616e6e1007', 'hex')
  expect(await given(frame(10, body), null)).toMatchObject({ value: { userId: 'ann', at: 7 } })
  expect(await given(frame(10, Buffer.from('ff', 'hex')), null)).toMatchObject({ reason: 'undecodable' })
})

test('a schema that refers to others and comes without them is told', async () => {
  expect(await given(frame(11, Buffer.from([0])), null)).toMatchObject({
    reason: 'unknown-schema',
    message: expect.stringContaining('refers to other subjects'),
  })
})

test.each([
  ['AWS Glue', Buffer.concat([Buffer.from([3, 0]), Buffer.alloc(20, 7)]), {}, /AWS Glue/],
  ['Apicurio, eight bytes', frame(0, Buffer.from([0, 0, 0, 7, 0])), {}, /Apicurio/],
  ['Apicurio, a header', avroClick, { 'apicurio.value.globalId': Buffer.alloc(8) }, /Apicurio/],
])('framing of %s is called by its name', async (_, value, headers, message) => {
  expect(await given(value, null, headers)).toMatchObject({
    reason: 'unknown-schema',
    message: expect.stringMatching(message),
  })
})
