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
    ['an unknown behaviour', { behaviour: 'stare' }, 5_000, 0.5, 'unknown-behaviour'],
    ['a time before the epoch, such as one in seconds', { time: 999 }, 5_000, 0.5, 'impossible-time'],
    ['a time long after the record was written', { time: 5_101 }, 5_000, 0.5, 'impossible-time'],
    ['a value below the range', { value: -0.1 }, 5_000, 0.5, 'value-out-of-range'],
    ['a value above the range', { value: 5.1 }, 5_000, 0.5, 'value-out-of-range'],
    ['an event whose reward is no number in [0, 1]', {}, 5_000, null, 'value-out-of-range'],
  ])('rejects %s', (_, changes, timestamp, reward, reason) => {
    expect(createCleaner(definition).check(event(changes), record(timestamp), newUser(), reward)).toBe(reason)
  })

  test('keeps an event whose value is absent where none is required, and rejects it where one is', () => {
    expect(createCleaner(definition).check(event({ value: null }), record(), newUser(), 0.5)).toBeNull()
    const strict = { ...definition, value: { ...definition.value, required: true } }
    expect(createCleaner(strict).check(event({ value: null }), record(), newUser(), 0.5)).toBe('value-out-of-range')
  })

  test('rejects a second event with the same id, and an equal event with another id', () => {
    const cleaner = createCleaner(definition)
    const user = newUser()
    expect(cleaner.check(event(), record(), user, 0.5)).toBeNull()
    expect(cleaner.check(event({ itemId: 'j' }), record(), user, 0.5)).toBe('duplicate-id')
    expect(cleaner.check(event({ eventId: 'e2' }), record(), user, 0.5)).toBe('exact-repeat')
    expect(cleaner.check(event({ eventId: 'e2', value: 2 }), record(), user, 0.5)).toBeNull()
  })

  test('a rejected event is not remembered: the same id may come again in a form that can be kept', () => {
    const cleaner = createCleaner(definition)
    expect(cleaner.check(event({ value: 9 }), record(), newUser(), 0.5)).toBe('value-out-of-range')
    expect(cleaner.check(event(), record(), newUser(), 0.5)).toBeNull()
  })

  test('lets a user send up to the limit in one window, and again in the next', () => {
    const cleaner = createCleaner(definition)
    const user = newUser()
    const at = (k: number, time: number) => cleaner.check(event({ eventId: `e${k}`, time }), record(time), user, 0.5)
    expect([at(1, 60_001), at(2, 60_002), at(3, 60_003), at(4, 60_004)]).toEqual([null, null, null, 'bot-rate'])
    expect(at(5, 120_000)).toBeNull()
  })
})
