import { describe, expect, test } from 'vitest'
import { createCleaner } from '../../../src/ingest/clean/clean.ts'
import { newUser } from '../../../src/ingest/window/user-state.ts'
import type { LogRecord } from '../../../src/log/log.ts'
import type { BehaviourEvent } from '../../../src/records/definition.ts'
import type { RecentIds } from '../../../src/records/warehouse.ts'

const day = 86_400_000
const definition = {
  behaviours: ['view', 'like'],
  epoch: 1_000,
  value: { min: 0, max: 5, required: false },
  clean: { duplicateWindowMs: day, duplicateCapacity: 1000, maxFutureMs: 100, botLimit: 3, botWindowMs: 60_000 },
}
const key = '9f86d081884c7d65'
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
    expect(createCleaner(definition, key).check(event(changes), record(timestamp))).toBe(reason)
  })

  test('keeps an event whose value is absent where none is required, and rejects it where one is', () => {
    expect(createCleaner(definition, key).check(event({ value: null }), record())).toBeNull()
    const strict = { ...definition, value: { ...definition.value, required: true } }
    expect(createCleaner(strict, key).check(event({ value: null }), record())).toBe('value-out-of-range')
  })

  test('rejects a second event with the same id, and an equal event with another id', () => {
    const cleaner = createCleaner(definition, key)
    const user = newUser()
    const admit = (changes: Partial<BehaviourEvent>) => cleaner.admit(event({ time: 5_001, ...changes }), user)
    expect(admit({})).toBeNull()
    expect(admit({ itemId: 'j' })).toBe('duplicate-id')
    expect(admit({ eventId: 'e2' })).toBe('exact-repeat')
    expect(admit({ eventId: 'e2', value: 2 })).toBeNull()
  })

  test('two equal events of a second may be two, where their producer gave them ids', () => {
    const cleaner = createCleaner(definition, key)
    const user = newUser()
    const admit = (eventId: string | null) => cleaner.admit(event({ eventId }), user)
    expect(admit('e1')).toBeNull()
    expect(admit('e2')).toBeNull()
    expect(admit('e2')).toBe('duplicate-id')
    // Without one it may have been sent twice.
    expect(admit(null)).toBe('exact-repeat')
  })

  test('dates without a time of day are nobody’s pace', () => {
    const cleaner = createCleaner(definition, key)
    const user = newUser()
    const midnight = 19_000 * day
    const inKathmandu = midnight - (5 * 60 + 45) * 60_000
    const at = (k: number, time: number) => cleaner.admit(event({ eventId: `e${k}`, itemId: `i${k}`, time }), user)
    for (let k = 0; k < 50; k++) expect(at(k, k < 20 ? inKathmandu : midnight)).toBeNull()
    expect(at(100, midnight + 1)).toBe('bot-rate')
  })

  test('a rejected event is not remembered: the same id may come again in a form that can be kept', () => {
    const cleaner = createCleaner(definition, key)
    expect(cleaner.check(event({ value: 9 }), record())).toBe('value-out-of-range')
    expect(cleaner.admit(event(), newUser())).toBeNull()
  })

  test('lets a user send up to the limit in one window, and again in the next', () => {
    const cleaner = createCleaner(definition, key)
    const user = newUser()
    const at = (k: number, time: number) => cleaner.admit(event({ eventId: `e${k}`, time }), user)
    expect([at(1, 60_001), at(2, 60_002), at(3, 60_003), at(4, 60_004)]).toEqual([null, null, null, 'bot-rate'])
    expect(at(5, 120_000)).toBeNull()
  })

  test('an event without an id takes none that a producer may use', () => {
    const cleaner = createCleaner(definition, key)
    const kept = (changes: Partial<BehaviourEvent>) => cleaner.admit(event(changes), newUser())
    expect(kept({ eventId: '0:3', userId: 'a' })).toBeNull()
    expect(kept({ eventId: null, userId: 'b' })).toBeNull()
    expect(kept({ eventId: null, userId: 'c' })).toBeNull()
    expect(kept({ eventId: '0:3', userId: 'd' })).toBe('duplicate-id')
  })

  test('ids that were made to meet in an unkeyed hash are two', () => {
    const cleaner = createCleaner(definition, key)
    const kept = (eventId: string) => cleaner.admit(event({ eventId, userId: eventId }), newUser())
    // Of state/hash.ts, both have one hash.
    const [first, second] = [
      '井幸叜乣帶歌丄幛歌乇弧歌丨幦焨亍庲一两帰一乙庙叜乖弢数习帬妸东廨眄丐彫焨丰彞歌享布数丐弉歌东弶叜乒帐焨丁废妸',
      '亞庤一乣帶歌丄幛歌义幓徔丨幦焨乴庵叜两帰一乁幒焨乖弢数乀廗歌东廨眄丐彫焨串幁徔乔幤眄丒弍徔举庈一乒帐焨丁废妸',
    ]
    expect([kept(first), kept(second), kept(first)]).toEqual([null, null, 'duplicate-id'])
  })

  test('the bot limit holds in windows older than the newest of the user, too, and after a restart', () => {
    const rows: RecentIds['rows'] = []
    let cleaner = createCleaner(definition, key)
    let user = newUser()
    const at = (k: number, time: number) => {
      const given = event({ eventId: `e${k}`, time })
      const reason = cleaner.admit(given, user)
      if (reason === null) rows.push({ ...given, generation: cleaner.generation })
      return reason
    }
    const minute = 60_000
    expect(at(0, 20 * minute)).toBeNull()
    expect([at(1, minute + 1), at(2, minute + 2)]).toEqual([null, null])
    cleaner = createCleaner(definition, key, { generation: cleaner.generation, newestTime: 20 * minute, rows })
    user = { ...newUser(), botBucket: 20, botCount: 1 }
    expect([at(3, minute + 3), at(4, minute + 4)]).toEqual([null, 'bot-rate'])
    expect(at(5, 2 * minute + 1)).toBeNull()
  })

  test('a restart brings back the same generations where equal events of a second had ids', () => {
    const crowded = { ...definition, clean: { ...definition.clean, duplicateCapacity: 10 } }
    const rows: RecentIds['rows'] = []
    const cleaner = createCleaner(crowded, key)
    for (let k = 0; k < 47; k++) {
      const given = event({ eventId: `e${k}`, userId: `u${k % 3}` })
      if (cleaner.admit(given, newUser()) === null) rows.push({ ...given, generation: cleaner.generation })
    }
    expect(rows).toHaveLength(47)
    const { generation } = cleaner
    expect(generation).toBe(4)
    const recent = { generation, newestTime: 5_000, rows: rows.filter(row => row.generation >= generation - 1) }
    const restored = createCleaner(crowded, key, recent)
    for (let k = 47; k < 80; k++) {
      for (const each of [cleaner, restored]) each.admit(event({ eventId: `e${k}` }), newUser())
      expect(restored.generation).toBe(cleaner.generation)
    }
  })
})
