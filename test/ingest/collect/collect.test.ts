import avro from 'avsc'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeEvent, encodeItem, encodeProfile } from '../../../src/codec/input.ts'
import { avroSchema } from '../../../src/codec/schema.ts'
import {
  createEventCollector,
  createItemCollector,
  createProfileCollector,
} from '../../../src/ingest/collect/collect.ts'
import type { BehaviourEvent, Item, UserProfile } from '../../../src/records/definition.ts'
import { record } from './record.ts'

const events = createEventCollector()
const profiles = createProfileCollector()
const items = createItemCollector()

const least = { userId: 'ann', itemId: 'film', behaviour: 'rating', time: 1_700_000_000_000 }
const full: BehaviourEvent = {
  ...least,
  eventId: 'e-1',
  value: 4.5,
  properties: { duration: 12.5 },
  recommendationId: 'learner-7',
}

test('an event may leave out all that it has a default for; its place in the log is then its id', () => {
  const given = record(least)
  expect(events.collect(given)).toStrictEqual({
    record: given,
    value: { ...least, eventId: null, value: null, properties: {}, recommendationId: null },
  })
})

test('null stands for left out, and what is not asked for is passed over', () => {
  const spoken = { ...least, eventId: null, value: null, properties: null, recommendationId: null, colour: ['red'] }
  expect(events.collect(record(spoken))).toMatchObject({ value: { eventId: null, value: null, properties: {} } })
})

test('events without properties share one frozen object', () => {
  const read = () => (events.collect(record(least)) as { value: BehaviourEvent }).value.properties
  expect(read()).toBe(read())
  expect(Object.isFrozen(read())).toBe(true)
})

test.each<[what: string, value: Buffer]>([
  ['JSON', Buffer.from(JSON.stringify(full))],
  ['JSON after white space', Buffer.from(` \r\n\t${JSON.stringify(full, null, 2)}\n`)],
  ['JSON after a byte order mark', Buffer.from(`\ufeff${JSON.stringify(full)}`)],
  ['Avro', encodeEvent(full, 'avro')],
])('reads %s', (_, value) => {
  expect(events.collect(record(value))).toMatchObject({ value: full })
})

const id = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
  .filter(text => !text.includes('\0') && text !== '__proto__')
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => value + 0)
const plain = { noNullPrototype: true }
const dictionary = <T>(value: fc.Arbitrary<T>) => fc.dictionary(id, value, { maxKeys: 64, ...plain })
const whole = fc.integer({ min: 1 - 2 ** 52, max: 2 ** 52 - 1 })
const encoding = fc.constantFrom('json' as const, 'avro' as const)

test('an event comes back as it went, in both encodings', () => {
  const event = fc.record<BehaviourEvent>(
    {
      eventId: id,
      userId: id,
      itemId: id,
      behaviour: id,
      time: whole,
      value: fc.option(number),
      properties: dictionary(number),
      recommendationId: fc.option(id),
    },
    plain,
  )
  fc.assert(
    fc.property(event, encoding, (value, as) => {
      expect(events.collect(record(encodeEvent(value, as)))).toMatchObject({ value })
    }),
  )
})

test('a profile and an item come back as they went, in both encodings', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter(title => !title.includes('\0'))
  const profile = fc.record<UserProfile>({ userId: id, attributes: dictionary(text) }, plain)
  const item = fc.record<Item>(
    { itemId: id, title: fc.option(text), attributes: dictionary(text), tags: fc.array(id, { maxLength: 64 }) },
    plain,
  )
  fc.assert(
    fc.property(profile, item, encoding, (person, thing, as) => {
      expect(profiles.collect(record(encodeProfile(person, as), person.userId))).toMatchObject({ value: person })
      expect(items.collect(record(encodeItem(thing, as), thing.itemId))).toMatchObject({ value: thing })
    }),
  )
})

test.each([
  ['in seconds', 1_700_000_000],
  ['in the year 9999', 253_402_300_799_999],
  ['before 1970', -1],
  ['written as 1.7e12', 1.7e12],
  ['of -0, which becomes 0', 0],
])('a time %s passes; whether it makes sense is for clean', (_, time) => {
  const text = JSON.stringify({ ...least, time }).replace('"time":0', '"time":-0')
  expect(events.collect(record(text))).toMatchObject({ value: { time } })
})

test('a null value on a compacted topic says that the id is gone', () => {
  expect(profiles.collect(record(null, 'ünal'))).toMatchObject({ value: { deleted: true, id: 'ünal' } })
  expect(items.collect(record(null, 'film'))).toMatchObject({ value: { deleted: true, id: 'film' } })
})

const long = 'x'.repeat(1_025)
const many = Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, 1]))
const { type, header } = avroSchema('behaviour-event')
const avroEvent = (part: object) => Buffer.concat([header, type.toBuffer({ ...full, ...part })])
const longBytes = (value: number) => avro.Type.forSchema('long').toBuffer(value)
/** An Avro event without its optional fields and with this time. */
const avroTime = (long: string) => Buffer.concat([header, Buffer.from(`00027502690262${long}000000`, 'hex')])
/** An Avro item called "a" without a title, and what follows: its attributes and tags. */
const avroItem = (...parts: Buffer[]) =>
  Buffer.concat([avroSchema('item').header, Buffer.from('026100', 'hex'), ...parts])
/** An Avro event that ends with the map of properties, claimed to be this long, and 6 bytes. */
const claims = (count: Buffer) =>
  Buffer.concat([
    header,
    Buffer.from([0]),
    ...['u', 'i', 'b'].map(text => avro.Type.forSchema('string').toBuffer(text)),
    longBytes(1),
    Buffer.from([0]),
    count,
    Buffer.alloc(6),
  ])

test.each<[reason: string, what: string, value: Buffer | string | object | null, key?: Buffer | string | null]>([
  ['empty-key', 'no key', least, null],
  ['empty-key', 'an empty key', least, ''],
  ['empty-value', 'a tombstone', null],
  ['empty-value', 'an empty value', ''],
  ['too-large', 'a value beyond 1 MiB', Buffer.alloc((1 << 20) + 1, '{')],
  ['undecodable', 'plain text', 'hello'],
  ['undecodable', 'a JSON list', '[1]'],
  ['undecodable', 'a JSON number', '1'],
  ['undecodable', 'JSON cut off', '{"userId":"ann"'],
  ['undecodable', 'two JSON objects', '{}{}'],
  ['undecodable', 'JSON with NaN', '{"userId":"u","itemId":"i","behaviour":"b","time":1,"value":NaN}'],
  ['undecodable', 'JSON in UTF-16', Buffer.from(JSON.stringify(least), 'utf16le')],
  ['undecodable', 'JSON with bytes that are not UTF-8', Buffer.from('{"userId":"\xff"}', 'latin1')],
  ['undecodable', 'only white space', Buffer.alloc(1 << 20, ' ')],
  ['undecodable', 'half an Avro header', Buffer.from('c301', 'hex')],
  ['undecodable', 'an Avro header and nothing', header],
  ['undecodable', 'Avro cut off', avroEvent({}).subarray(0, -1)],
  ['undecodable', 'Avro with a byte too many', Buffer.concat([avroEvent({}), Buffer.from([0])])],
  ['undecodable', '7 properties in 6 bytes', claims(longBytes(7))],
  ['undecodable', 'a block of 7 properties in 6 bytes', claims(longBytes(-7))],
  ['unknown-schema', 'a fingerprint that is not ours', Buffer.from('c3010102030405060708', 'hex')],
  ['unknown-schema', 'a profile’s Avro', encodeProfile({ userId: 'ann', attributes: {} }, 'avro')],
  ['unknown-schema', 'Confluent framing without a registry', Buffer.from('000000002a00', 'hex')],
  ['invalid', 'an empty object', '{}'],
  ['invalid', 'no user', { ...least, userId: undefined }],
  ['invalid', 'a user that is a number', { ...least, userId: 17 }],
  ['invalid', 'a user that is a list', { ...least, userId: ['ann'] }],
  ['invalid', 'a user that is lists in lists', { ...least, userId: [[[[[[[['ann']]]]]]]] }],
  ['invalid', 'a time of 400 digits', `{"userId":"u","itemId":"i","behaviour":"b","time":${'9'.repeat(400)}}`],
  ['invalid', 'an empty user', { ...least, userId: '' }],
  ['invalid', 'a user of 1,025 characters', { ...least, userId: long }],
  ['invalid', 'a user with half a character', '{"userId":"\\ud83d","itemId":"i","behaviour":"b","time":1}'],
  [
    'invalid',
    'a user with half a character beside a whole one',
    `{"userId":"😀\\ud83d","itemId":"i","behaviour":"b","time":1}`,
  ],
  ['invalid', 'a user with U+0000', { ...least, userId: 'a\0b' }],
  ['invalid', 'a user with U+0000 after an emoji', { ...least, userId: '😀\0' }],
  ['invalid', 'a user from __proto__', `{"__proto__":{"userId":"u"},"itemId":"i","behaviour":"b","time":1}`],
  ['invalid', 'no item', { ...least, itemId: undefined }],
  ['invalid', 'an empty item', { ...least, itemId: '' }],
  ['invalid', 'an empty behaviour', { ...least, behaviour: '' }],
  ['invalid', 'an empty event id', { ...least, eventId: '' }],
  ['invalid', 'an event id that is a number', { ...least, eventId: 5 }],
  ['invalid', 'no time', { ...least, time: undefined }],
  ['invalid', 'a time in text', { ...least, time: '1700000000000' }],
  ['invalid', 'a time with a fraction', { ...least, time: 1.5 }],
  ['invalid', 'a time of 2^52', { ...least, time: 2 ** 52 }],
  ['invalid', 'a time of 2^53', { ...least, time: 2 ** 53 }],
  ['invalid', 'a time that avsc misreads', avroTime('8180808080808010')],
  ['invalid', 'an infinite time', '{"userId":"u","itemId":"i","behaviour":"b","time":1e999}'],
  ['invalid', 'an infinite value', '{"userId":"u","itemId":"i","behaviour":"b","time":1,"value":-1e999}'],
  ['invalid', 'a value in text', { ...least, value: '4' }],
  ['invalid', 'a value that is true', { ...least, value: true }],
  ['invalid', 'an empty list id', { ...least, recommendationId: '' }],
  ['invalid', 'properties that are a list', { ...least, properties: [1] }],
  ['invalid', 'properties that are a text', { ...least, properties: 'likes' }],
  ['invalid', 'a property in text', { ...least, properties: { likes: '1' } }],
  ['invalid', 'a property that is null', { ...least, properties: { likes: null } }],
  ['invalid', 'a property that is an object', { ...least, properties: { likes: {} } }],
  ['invalid', 'a property without a name', { ...least, properties: { '': 1 } }],
  [
    'invalid',
    'a property called __proto__',
    '{"userId":"u","itemId":"i","behaviour":"b","time":1,"properties":{"__proto__":1}}',
  ],
  ['invalid', 'a property with a name of 1,025 characters', { ...least, properties: { [long]: 1 } }],
  ['invalid', '65 properties', { ...least, properties: many }],
  ['invalid', 'NaN in Avro', avroEvent({ value: Number.NaN })],
  ['invalid', 'infinity in Avro', avroEvent({ value: Number.POSITIVE_INFINITY })],
  ['invalid', 'NaN among Avro properties', avroEvent({ properties: { likes: Number.NaN } })],
  ['invalid', '65 Avro properties', avroEvent({ properties: many })],
  ['invalid', 'an empty user in Avro', avroEvent({ userId: '' })],
  ['invalid', 'a time beyond 2^53 in Avro', avroTime('feffffffffffffffff01')],
])('%s: an event with %s', (reason, _, value, key = 'ann') => {
  const given = record(value, key)
  expect(events.collect(given)).toEqual({ record: given, reason, message: expect.stringMatching(/^.{10,200}\.$/) })
})

test.each<[reason: string, what: string, value: Buffer | string | object | null, key?: Buffer | string | null]>([
  ['empty-key', 'no key', { itemId: 'film' }, null],
  ['empty-key', 'no key on a tombstone', null, null],
  ['empty-key', 'an empty key on a tombstone', null, ''],
  ['invalid', 'a key on a tombstone that is not UTF-8', null, Buffer.from([0xff])],
  ['invalid', 'a key on a tombstone of 1,025 characters', null, long],
  ['invalid', 'a key that is another id', { itemId: 'film' }, 'book'],
  ['empty-value', 'an empty value', '', 'film'],
  ['undecodable', 'text', 'film', 'film'],
  ['unknown-schema', 'a profile’s Avro', encodeProfile({ userId: 'film', attributes: {} }, 'avro'), 'film'],
  ['undecodable', '7 attributes in 6 bytes', avroItem(longBytes(7), Buffer.alloc(6)), 'a'],
  ['undecodable', '7 tags in 6 bytes', avroItem(longBytes(0), longBytes(7), Buffer.alloc(6)), 'a'],
  ['invalid', 'no id', {}, 'film'],
  ['invalid', 'a title that is a number', { itemId: 'film', title: 5 }, 'film'],
  ['invalid', 'a title of 1,025 characters', { itemId: 'film', title: long }, 'film'],
  ['invalid', 'an attribute that is a number', { itemId: 'film', attributes: { year: 1995 } }, 'film'],
  ['invalid', 'attributes that are a list', { itemId: 'film', attributes: ['a'] }, 'film'],
  [
    'invalid',
    '65 attributes',
    { itemId: 'film', attributes: Object.fromEntries(Object.keys(many).map(key => [key, ''])) },
    'film',
  ],
  ['invalid', 'tags that are a text', { itemId: 'film', tags: 'drama' }, 'film'],
  ['invalid', 'a tag that is a number', { itemId: 'film', tags: [1] }, 'film'],
  ['invalid', '65 tags', { itemId: 'film', tags: Object.keys(many) }, 'film'],
])('%s: an item with %s', (reason, _, value, key = 'film') => {
  expect(items.collect(record(value, key))).toMatchObject({ reason, message: expect.stringMatching(/\.$/) })
})

test('a smaller limit on values is kept', () => {
  const small = createEventCollector({ maxBytes: 10 })
  expect(small.collect(record(least))).toMatchObject({ reason: 'too-large' })
})

test('without a registry there is nothing to prepare', async () => {
  expect(await events.prepare([record(Buffer.from('000000002a00', 'hex'))])).toBeUndefined()
})
