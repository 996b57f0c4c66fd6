import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSchemaRegistry, type SchemaRegistry } from '../../../src/codec/registry.ts'
import { createEventCollector } from '../../../src/ingest/collect/collect.ts'
import { record } from './record.ts'

// Schemas and bytes as the serializers of confluent-kafka 2.16.1 (Python) made them, one event in every form.

const avro = {
  type: 'record',
  name: 'ClickEvent',
  namespace: 'com.shop',
  fields: [
    { name: 'userId', type: ['null', 'string'], default: null },
    { name: 'itemId', type: ['null', 'string'], default: null },
    { name: 'behaviour', type: { type: 'enum', name: 'Action', symbols: ['view', 'buy'] } },
    { name: 'time', type: ['null', { type: 'long', logicalType: 'timestamp-micros' }], default: null },
    {
      name: 'value',
      type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }],
      default: null,
    },
  ],
}
const avroSchema = { schema: JSON.stringify(avro) }
const proto = 'syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto"; message Click { … }'
const descriptor =
  'CgtjbGljay5wcm90bxIEc2hvcBofZ29vZ2xlL3Byb3RvYnVmL3RpbWVzdGFtcC5wcm90byJ1CgVDbGljaxIPCgd1c2VyX2lkGAEgASgJEg8KB2l0ZW1faWQYAiABKAkSEQoJYmVoYXZpb3VyGAMgASgJEigKBHRpbWUYBCABKAsyGi5nb29nbGUucHJvdG9idWYuVGltZXN0YW1wEg0KBXZhbHVlGAUgASgBYgZwcm90bzM='
const answers: Record<string, object> = {
  '/schemas/ids/1': avroSchema,
  '/schemas/guids/12be99da-7dff-44d9-9cd1-fdcbf8b48e6c': avroSchema,
  '/schemas/ids/2': { schemaType: 'JSON', schema: '{"title":"Click","type":"object"}' },
}
for (const path of ['/schemas/ids/3', '/schemas/guids/786f2d37-2ff4-4dc8-a78e-7efa38a3ca0b']) {
  answers[path] = { schemaType: 'PROTOBUF', schema: proto }
  answers[`${path}?format=serialized`] = { schemaType: 'PROTOBUF', schema: descriptor }
}

let registry: SchemaRegistry
let close: () => void
beforeAll(async () => {
  const server = createServer(({ url }, response) => {
    const answer = answers[url!]
    response.statusCode = answer === undefined ? 404 : 200
    response.end(JSON.stringify(answer ?? { error_code: 40400 }))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  registry = createSchemaRegistry(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  close = () => server.close()
})
afterAll(() => close())

test.each<[what: string, bytes: string, header?: string]>([
  ['Avro', '00000000010206616e6e020866696c6d020280a9a0f4a3e8a306020407c6'],
  ['Avro, id in a header', '0206616e6e020866696c6d020280a9a0f4a3e8a306020407c6', '0112be99da7dff44d99cd1fdcbf8b48e6c'],
  [
    'JSON Schema',
    '00000000027b22757365724964223a22616e6e222c226974656d4964223a2266696c6d222c226265686176696f7572223a22627579222c2274696d65223a313736373630373230303132332c2276616c7565223a31392e397d',
  ],
  ['Protobuf', '0000000003000a03616e6e120466696c6d1a03627579220b08a097eeca06108094ef3a296666666666e63340'],
  [
    'Protobuf, id in a header',
    '0a03616e6e120466696c6d1a03627579220b08a097eeca06108094ef3a296666666666e63340',
    '01786f2d372ff44dc8a78e7efa38a3ca0b00',
  ],
])('%s of a stranger’s serializer is read', async (_, bytes, header) => {
  const headers = header === undefined ? {} : { __value_schema_id: Buffer.from(header, 'hex') }
  const given = { ...record(Buffer.from(bytes, 'hex')), headers }
  const collector = createEventCollector({ registry })
  await collector.prepare([given])
  expect(collector.collect(given)).toMatchObject({
    value: { userId: 'ann', itemId: 'film', behaviour: 'buy', time: 1_767_607_200_123, value: 19.9 },
  })
})
