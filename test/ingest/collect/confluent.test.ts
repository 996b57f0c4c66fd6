import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import avro from 'avsc'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createSchemaRegistry, type SchemaRegistry } from '../../../src/codec/registry.ts'
import { type Collected, createEventCollector } from '../../../src/ingest/collect/collect.ts'
import type { BehaviourEvent } from '../../../src/records/definition.ts'
import { record } from './record.ts'

const field = (name: string, type: unknown) => ({ name, type, ...(Array.isArray(type) ? { default: null } : {}) })
const event = (fields: unknown[], name = 'BehaviourEvent') => ({ type: 'record', name, namespace: 'com.shop', fields })
const least = [
  field('userId', 'string'),
  field('itemId', 'string'),
  field('behaviour', 'string'),
  field('time', 'long'),
]
const nested = (levels: number): unknown => (levels === 0 ? 'int' : { type: 'array', items: nested(levels - 1) })

/** What the registry of these tests holds, by id. */
const schemas: Record<number, unknown> = {
  1: event([
    field('session', { type: 'record', name: 'Session', fields: [field('pages', { type: 'array', items: 'string' })] }),
    ...least,
    field('value', ['null', 'int']),
    field('properties', { type: 'map', values: 'float' }),
  ]),
  2: event([...least, field('next', ['null', 'BehaviourEvent'])]),
  3: event(least.slice(1)),
  4: event([field('userId', 'int'), ...least.slice(1)]),
  5: event(least, 'Click'),
  6: 'not a schema',
  7: event([field('deep', nested(65)), ...least]),
  8: event([field('nothing', { type: 'array', items: 'null' }), ...least]),
  9: event([field('user-id', 'int'), ...least]),
  10: { ...event(least), doc: 'x'.repeat(300_000) },
  11: event([...least.slice(0, 3), field('time', ['null', 'long'])]),
  12: 'string',
  20: event(
    [
      ...least.slice(0, 2),
      field('behaviour', { type: 'enum', name: 'Kind', symbols: ['view', 'buy'] }),
      field('time', ['null', { type: 'long', logicalType: 'timestamp-micros' }]),
      field('value', ['null', { type: 'bytes', logicalType: 'decimal', precision: 19, scale: 2 }]),
    ],
    'Order',
  ),
  21: event([...least.slice(0, 3), field('time', { type: 'long', logicalType: 'local-timestamp-millis' })]),
}

let asked: number[] = []
let registry: SchemaRegistry
let close: () => void
beforeAll(async () => {
  const server = createServer((request, response) => {
    const id = Number(request.url?.split('/').at(-1))
    asked.push(id)
    if (id === 30) return void response.end(JSON.stringify({ schemaType: 'THRIFT', schema: '' }))
    const schema = schemas[id]
    response.statusCode = schema === undefined ? 404 : 200
    response.end(JSON.stringify(schema === undefined ? { error_code: 40403 } : { schema: JSON.stringify(schema) }))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  registry = createSchemaRegistry(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  close = () => server.close()
})
afterAll(() => close())

function framed(id: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(id, 1)
  return Buffer.concat([head, body])
}
const written = (id: number, value: unknown) =>
  framed(id, avro.Type.forSchema(structuredClone(schemas[id]) as never).toBuffer(value))

async function collect(...values: Buffer[]): Promise<Collected<BehaviourEvent>[]> {
  const collector = createEventCollector({ registry })
  const records = values.map(value => record(value))
  await collector.prepare(records)
  return records.map(given => collector.collect(given))
}

const click = { userId: 'ann', itemId: 'film', behaviour: 'rating', time: 5 }

test('a value is read by its writer’s schema: other order, other fields, smaller numbers, other namespace', async () => {
  const value = { ...click, session: { pages: ['a', 'b'] }, value: 4, properties: { likes: 0.5 } }
  expect(await collect(written(1, value))).toMatchObject([
    { value: { ...click, value: 4, properties: { likes: 0.5 } } },
  ])
})

test('a recursive schema is read, and 51 levels of it are not', async () => {
  const chain = (levels: number): object => ({ ...click, next: levels === 1 ? null : chain(levels - 1) })
  const [two, fifty, deeper] = await collect(written(2, chain(2)), written(2, chain(50)), written(2, chain(51)))
  expect([two, fifty]).toMatchObject([{ value: click }, { value: click }])
  expect(deeper).toMatchObject({ reason: 'undecodable' })
})

test('a record by another name is read where its fields fit, and a null is the fault of its record alone', async () => {
  const [other, whole, without] = await collect(
    written(5, click),
    written(11, click),
    written(11, { ...click, time: null }),
  )
  expect([other, whole]).toMatchObject([{ value: click }, { value: click }])
  expect(without).toMatchObject({ reason: 'invalid', message: expect.stringContaining('"time" must be') })
})

test('what a field must be is said of each record, whatever its schema is', async () => {
  const { userId: _, ...nobody } = click
  expect(await collect(written(3, nobody), written(4, { ...click, userId: 7 }))).toMatchObject([
    { reason: 'invalid', message: expect.stringContaining('"userId" is missing') },
    { reason: 'invalid', message: expect.stringContaining('"userId" must be a text') },
  ])
})

test('an enum is text, a timestamp milliseconds, a decimal a number where one holds it', async () => {
  const money = (cents: bigint) => Buffer.from(BigInt.asUintN(64, cents).toString(16).padStart(16, '0'), 'hex')
  const order = { userId: 'ann', itemId: 'film', behaviour: 'buy', time: 1_700_000_000_123_999, value: money(-1990n) }
  expect(await collect(written(20, order), written(20, { ...order, value: money(10n ** 17n + 1n) }))).toMatchObject([
    { value: { behaviour: 'buy', time: 1_700_000_000_123, value: -19.9 } },
    { reason: 'invalid', message: expect.stringContaining('"value" must be a finite number') },
  ])
})

test('a time without a zone is refused by name', async () => {
  expect(await collect(written(21, click))).toMatchObject([
    { reason: 'invalid', message: expect.stringContaining('local-timestamp') },
  ])
})

test.each([
  [404, 'unknown-schema', 'an id that the registry does not know'],
  [6, 'unknown-schema', 'a schema that is none'],
  [7, 'unknown-schema', 'a schema that nests 66 levels'],
  [9, 'unknown-schema', 'a schema with a hyphen in a name'],
  [10, 'unknown-schema', 'a schema of 300,000 characters'],
  [12, 'invalid', 'a schema that is a text'],
  [30, 'unknown-schema', 'a schema of a kind that nobody knows'],
])('schema %i → %s: %s', async (id, reason) => {
  expect(await collect(framed(id, Buffer.from('0275', 'hex')))).toMatchObject([{ reason }])
})

test('nulls in a field that nobody reads may be as many as the bytes allow, and no more', async () => {
  const nulls = (length: number) => written(8, { ...click, nothing: Array.from({ length }, () => null) })
  const [some, tooMany] = await collect(nulls(10_000), nulls(20_000))
  expect(some).toMatchObject({ value: click })
  expect(tooMany).toMatchObject({ reason: 'undecodable' })
})

test('JSON and single objects go on beside framed values', async () => {
  const [framedOne, json] = await collect(written(2, { ...click, next: null }), Buffer.from(JSON.stringify(click)))
  expect([framedOne, json]).toMatchObject([{ value: click }, { value: click }])
})

test('an id is asked for once a batch, and once in all when it is known', async () => {
  const collector = createEventCollector({ registry })
  const batch = [2, 2, 404, 404].map(id => record(framed(id, Buffer.alloc(1))))
  asked = []
  await collector.prepare(batch)
  await collector.prepare(batch)
  expect(asked.toSorted()).toEqual([404, 404])
  expect(asked).not.toContain(2)
})

test('an unreachable registry stops the batch with SCHEMA_UNKNOWN instead of rejecting it', async () => {
  const collector = createEventCollector({ registry: createSchemaRegistry('http://127.0.0.1:1') })
  await expect(collector.prepare([record(framed(1, Buffer.alloc(1)))])).rejects.toMatchObject({
    code: 'SCHEMA_UNKNOWN',
    retriable: true,
  })
  await collector.prepare([record(JSON.stringify(click))])
})
