import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import avro from 'avsc'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSchemaRegistry, type SchemaRegistry } from '../../../src/codec/registry.ts'
import { createEventCollector } from '../../../src/ingest/collect/collect.ts'
import type { ForeignRecord } from '../../../src/records/definition.ts'
import { record } from './record.ts'

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
