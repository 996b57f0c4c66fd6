import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deadLetterRecord, readDeadLetter } from '../../../src/ingest/collect/dead-letter.ts'
import type { LogRecord, OutgoingRecord } from '../../../src/log/log.ts'
import { headersOfText, headersText } from '../../../src/records/header-text.ts'
import { reasons } from '../../../src/records/reasons.ts'
import type { DeadLetter } from '../../../src/records/warehouse.ts'

const letter: DeadLetter = {
  number: 12,
  topic: 'movielens.behaviour-events',
  partition: 3,
  offset: 17,
  timestamp: 1_700_000_000_000,
  reason: 'duplicate-id',
  message: 'The event id was kept before.',
  key: Buffer.from('ann'),
  value: Buffer.from([0xff, 0x00]),
  headers: {},
}

/** A record as the log gives it back. */
function landed({ timestamp, key, value, headers }: OutgoingRecord): LogRecord {
  const bytes = Object.entries(headers!).map(([name, text]) => [name, Buffer.from(text)])
  return {
    topic: 'movielens.dead-letters',
    partition: 0,
    offset: 5,
    timestamp,
    key: typeof key === 'string' ? Buffer.from(key) : key,
    value,
    headers: Object.fromEntries(bytes),
  }
}

test('a dead letter is the original bytes with the place and the reason in headers', () => {
  expect(deadLetterRecord(letter, 'movielens')).toEqual({
    partition: 0,
    timestamp: 1_700_000_000_000,
    key: Buffer.from('ann'),
    value: Buffer.from([0xff, 0x00]),
    headers: {
      'recstream-number': '12',
      '__connect.errors.topic': 'movielens.behaviour-events',
      '__connect.errors.partition': '3',
      '__connect.errors.offset': '17',
      '__connect.errors.connector.name': 'movielens',
      '__connect.errors.stage': 'clean',
      '__connect.errors.exception.class.name': 'duplicate-id',
      '__connect.errors.exception.message': 'The event id was kept before.',
    },
  })
})

test('what was wrong with the bytes is of collect, what was wrong with the event is of clean', () => {
  const stage = (reason: string) => deadLetterRecord({ ...letter, reason }, 'm').headers!['__connect.errors.stage']
  expect(Object.fromEntries(Object.keys(reasons).map(reason => [reason, stage(reason)]))).toEqual({
    unreadable: 'collect',
    'empty-value': 'collect',
    'empty-key': 'collect',
    'too-large': 'collect',
    undecodable: 'collect',
    'unknown-schema': 'collect',
    invalid: 'collect',
    'unknown-behaviour': 'clean',
    'impossible-time': 'clean',
    'value-out-of-range': 'clean',
    'definition-failed': 'join',
    'duplicate-id': 'clean',
    'exact-repeat': 'clean',
    'not-kept': 'clean',
    'bot-rate': 'clean',
  })
})

test('a function of the definition fails on an event in clean, on a profile or an item where it is joined', () => {
  const stage = (topic: string, message = 'like threw.') =>
    deadLetterRecord({ ...letter, topic, message, reason: 'definition-failed' }, 'm').headers!['__connect.errors.stage']
  expect(stage('m.items', 'decode.item threw.')).toBe('collect')
  expect(['m.behaviour-events', 'm.user-profiles', 'm.items'].map(topic => stage(topic))).toEqual([
    'clean',
    'join',
    'join',
  ])
})

test('a dead letter is read back as it was written, whatever its bytes', () => {
  const bytes = fc.option(fc.uint8Array().map(array => Buffer.from(array)))
  fc.assert(
    fc.property(bytes, bytes, fc.string({ unit: 'grapheme' }), fc.maxSafeNat(), (key, value, message, offset) => {
      const written = { ...letter, key, value, message, offset }
      const read = readDeadLetter(landed(deadLetterRecord(written, 'movielens')))
      expect(read).toEqual({ ...written, pipeline: 'movielens', stage: 'clean' })
    }),
  )
})

test('a value too long for the topic is cut to its beginning, and says how long it was', () => {
  const value = Buffer.alloc(6 * 2 ** 20 + 1, 'v')
  const written = deadLetterRecord({ ...letter, value }, 'movielens')
  expect(written.value!.length).toBe(2 ** 20)
  expect(written.headers!['recstream-original-bytes']).toBe('6291457')
  expect(readDeadLetter(landed(written))).toMatchObject({ number: 12, originalBytes: 6_291_457, key: letter.key })

  const key = Buffer.alloc(2 ** 20 + 1, 'k')
  const both = deadLetterRecord({ ...letter, key, value }, 'movielens')
  expect([both.key!.length, both.value!.length]).toEqual([2 ** 20, 2 ** 20])
  expect(readDeadLetter(landed(both))).toMatchObject({ originalBytes: 6_291_457, originalKeyBytes: 1_048_577 })
})

test('a value and a key that just fit are whole', () => {
  const whole = { ...letter, key: Buffer.alloc(2 ** 20, 'k'), value: Buffer.alloc(6 * 2 ** 20, 'v') }
  const written = deadLetterRecord(whole, 'movielens')
  expect([written.key!.length, written.value!.length]).toEqual([2 ** 20, 6 * 2 ** 20])
  expect(Object.keys(written.headers!).filter(name => name.startsWith('recstream-original'))).toEqual([])
  expect(readDeadLetter(landed(written))).not.toHaveProperty('originalBytes')
})

test('the original headers stand beside ours, those that are called like ours under a name of their own', () => {
  const headers = {
    traceparent: Buffer.from('00-4bf9'),
    bytes: Buffer.from([0xff, 0]),
    '__connect.errors.topic': Buffer.from('elsewhere'),
    'recstream-import': Buffer.from('{}'),
    'recstream-original.x': Buffer.from('y'),
  }
  const written = deadLetterRecord({ ...letter, headers }, 'movielens')
  expect(written.headers).toMatchObject({
    traceparent: Buffer.from('00-4bf9'),
    '__connect.errors.topic': 'movielens.behaviour-events',
    'recstream-original.__connect.errors.topic': Buffer.from('elsewhere'),
    'recstream-original.recstream-original.x': Buffer.from('y'),
  })
  expect(readDeadLetter(landed(written))!.headers).toEqual(headers)
})

test('headers come back whatever they are called and hold, in a column too', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('__proto__', 'recstream-number', 'constructor', ''),
  )
  const bytes = fc.uint8Array({ maxLength: 20 }).map(array => Buffer.from(array))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, bytes)), entries => {
      const headers = Object.fromEntries(entries)
      expect(readDeadLetter(landed(deadLetterRecord({ ...letter, headers }, 'm')))!.headers).toEqual(headers)
      expect(headersOfText(headersText(headers))).toEqual(headers)
    }),
  )
})

test('of headers too large for the topic the first are kept, and it says how large they were', () => {
  const headers = { small: Buffer.from('s'), large: Buffer.alloc(600_000, 'l'), last: Buffer.from('z') }
  const written = deadLetterRecord({ ...letter, headers }, 'movielens')
  expect(Object.keys(written.headers!)).toEqual(expect.arrayContaining(['small']))
  expect(written.headers).not.toHaveProperty('large')
  expect(readDeadLetter(landed(written))).toMatchObject({
    originalHeaderBytes: 600_016,
    headers: { small: Buffer.from('s') },
  })
})

test.each([
  ['no headers', {}],
  ['a number that is none', { 'recstream-number': 'x' }],
  ['a negative offset', { '__connect.errors.offset': '-1' }],
  ['a partition with a fraction', { '__connect.errors.partition': '0.5' }],
])('a record with %s is not a dead letter', (what, change) => {
  const { headers, ...rest } = deadLetterRecord(letter, 'movielens')
  expect(
    readDeadLetter(landed({ ...rest, headers: what === 'no headers' ? {} : { ...headers, ...change } })),
  ).toBeNull()
})
