import { describe, expect, test } from 'vitest'
import { createCleaner } from '../../../src/ingest/clean/clean.ts'
import { newUser } from '../../../src/ingest/window/user-state.ts'
import type { LogRecord } from '../../../src/log/log.ts'
import type { BehaviourEvent } from '../../../src/records/definition.ts'

const day = 86_400_000
const definition = {
  behaviours: ['view', 'like'],
  epoch: 1_000,
  value: { min: 0, max: 5, required: false },
  clean: { duplicateWindowMs: day, duplicateCapacity: 1000, maxFutureMs: 100, botLimit: 3, botWindowMs: 60_000 },
}
const event = (changes: Partial<BehaviourEvent> = {}): BehaviourEvent => ({
  eventId: 'e1',
  userId: 'u',
  itemId: 'i',
  behaviour: 'view',
  time: 5_000,
  value: 1,
  properties: {},
  recommendationId: null,
  ...changes,
})
const record = (timestamp = 5_000): LogRecord => ({
  topic: 't',
  partition: 0,
  offset: 0,
  timestamp,
  key: Buffer.from('u'),
  value: Buffer.from('{}'),
  headers: {},
})

describe('clean', () => {
  test.each([
    ['an unknown behaviour', { behaviour: 'stare' }, 5_000, 'unknown-behaviour'],
    ['a time before the epoch, such as one in seconds', { time: 999 }, 5_000, 'impossible-time'],
    [
      'a time in microseconds, though the record says so too',
      { time: 1_700_000_000_000_000 },
      1_700_000_000_000_000,
      'impossible-time',
    ],
    ['a record from behind the year 2100', { time: 5_000 }, 1_700_000_000_000_000, 'impossible-time'],
    ['a time in seconds, though the record says so too', { time: 1_700_000_000 }, 1_700_000_000, 'impossible-time'],
    ['a time long after the record was written', { time: 5_101 }, 5_000, 'impossible-time'],
    ['a value below the range', { value: -0.1 }, 5_000, 'value-out-of-range'],
    ['a value above the range', { value: 5.1 }, 5_000, 'value-out-of-range'],
  ])('rejects %s', (_, changes, timestamp, reason) => {
    expect(createCleaner(definition).check(event(changes), record(timestamp))).toBe(reason)
  })

  test('keeps an event whose value is absent where none is required, and rejects it where one is', () => {
    expect(createCleaner(definition).check(event({ value: null }), record())).toBeNull()
    const strict = { ...definition, value: { ...definition.value, required: true } }
    expect(createCleaner(strict).check(event({ value: null }), record())).toBe('value-out-of-range')
  })

  test('rejects a second event with the same id, and an equal event with another id', () => {
    const cleaner = createCleaner(definition)
    const user = newUser()
    const admit = (changes: Partial<BehaviourEvent>) =>
      cleaner.admit(event({ time: 5_001, ...changes }), record(), user)
    expect(admit({})).toBeNull()
    expect(admit({ itemId: 'j' })).toBe('duplicate-id')
    expect(admit({ eventId: 'e2' })).toBe('exact-repeat')
    expect(admit({ eventId: 'e2', value: 2 })).toBeNull()
  })

  test('two equal events of a second may be two, where their producer gave them ids', () => {
    const cleaner = createCleaner(definition)
    const user = newUser()
    const admit = (eventId: string) => cleaner.admit(event({ eventId }), record(), user)
    expect(admit('e1')).toBeNull()
    expect(admit('e2')).toBeNull()
    expect(admit('e2')).toBe('duplicate-id')
    // That of its place in the topic is none that the producer gave: it may have been sent twice.
    expect(admit('0:0')).toBe('exact-repeat')
  })

  test('dates without a time of day are nobody’s pace', () => {
    const cleaner = createCleaner(definition)
    const user = newUser()
    const midnight = 19_000 * day
    const inKathmandu = midnight - (5 * 60 + 45) * 60_000
    const at = (k: number, time: number) =>
      cleaner.admit(event({ eventId: `e${k}`, itemId: `i${k}`, time }), record(), user)
    for (let k = 0; k < 50; k++) expect(at(k, k < 20 ? inKathmandu : midnight)).toBeNull()
    expect(at(100, midnight + 1)).toBe('bot-rate')
  })

  test('a rejected event is not remembered: the same id may come again in a form that can be kept', () => {
    const cleaner = createCleaner(definition)
    expect(cleaner.check(event({ value: 9 }), record())).toBe('value-out-of-range')
    expect(cleaner.admit(event(), record(), newUser())).toBeNull()
  })

  test('lets a user send up to the limit in one window, and again in the next', () => {
    const cleaner = createCleaner(definition)
    const user = newUser()
    const at = (k: number, time: number) => cleaner.admit(event({ eventId: `e${k}`, time }), record(), user)
    expect([at(1, 60_001), at(2, 60_002), at(3, 60_003), at(4, 60_004)]).toEqual([null, null, null, 'bot-rate'])
    expect(at(5, 120_000)).toBeNull()
  })
})
