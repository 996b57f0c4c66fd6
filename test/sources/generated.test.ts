import { expect, test } from 'vitest'
import generated from '../../pipelines/generated/index.ts'
import type { BehaviourEvent, Item, UserProfile } from '../../src/records/definition.ts'
import { readGenerated, worldBegins } from '../../src/sources/generated.ts'

const eventsOf = (numbers: string) => [...(readGenerated(numbers).events() as Iterable<BehaviourEvent>)]

test('the same numbers give the same records, and another seed gives others', () => {
  expect(eventsOf('events=500,seed=7')).toEqual(eventsOf('events=500,seed=7'))
  expect(eventsOf('events=500,seed=7')).not.toEqual(eventsOf('events=500,seed=8'))
})

test('more events of the same world continue it', () => {
  const numbers = 'seed=3,repeats=0.1,late=0.1'
  expect(eventsOf(`events=900,${numbers}`).slice(0, 300)).toEqual(eventsOf(`events=300,${numbers}`))
  expect(readGenerated(`events=900,${numbers}`).name).toBe(readGenerated(`events=300,${numbers}`).name)
})

test('gives as many events, users and items as asked, known to each other and in range', () => {
  const reader = readGenerated('events=20000,users=300,items=50,seed=2')
  const users = new Set([...(reader.profiles() as Iterable<UserProfile>)].map(each => each.userId))
  const items = new Set([...(reader.items() as Iterable<Item>)].map(each => each.itemId))
  expect([users.size, items.size, reader.eventCount?.()]).toEqual([300, 50, 20_000])
  const events = [...(reader.events() as Iterable<BehaviourEvent>)]
  expect(events.length).toBe(20_000)
  expect(events.every(event => users.has(event.userId) && items.has(event.itemId))).toBe(true)
  expect(events.every(event => event.time >= worldBegins && event.value! >= 0 && event.value! <= 1)).toBe(true)
  expect(events.every((event, i) => i === 0 || event.time >= events[i - 1]!.time)).toBe(true)
  expect(new Set(events.map(event => event.eventId)).size).toBe(20_000)
})

test('keeps to the rate, repeats and late events that were asked for', () => {
  const events = eventsOf('events=20000,rate=50,repeats=0.05,late=0.02')
  const seconds = (events.at(-1)!.time - worldBegins) / 1000
  expect((20_000 * 0.95) / seconds / 50).toBeCloseTo(1, 1)
  const repeats = events.length - new Set(events.map(event => event.eventId)).size
  expect(repeats / events.length).toBeCloseTo(0.05, 2)
  let newest = 0
  let late = 0
  for (const { time } of events) {
    if (time < newest - 1000) late++
    newest = Math.max(newest, time)
  }
  expect(late / events.length).toBeCloseTo(0.02, 2)
})

test('few items draw most of the views, and the item and the genre foretell the share watched', () => {
  const events = eventsOf('events=50000,users=1000,items=1000,seed=4')
  const counts = new Map<string, number>()
  for (const { itemId } of events) counts.set(itemId, (counts.get(itemId) ?? 0) + 1)
  const sorted = [...counts.values()].sort((a, b) => b - a)
  const top = sorted.slice(0, 100).reduce((sum, count) => sum + count, 0)
  expect(top / events.length).toBeGreaterThan(0.4)
  // Variance of the share watched that (user, genre) explains; noise alone would explain 1 / (events per pair).
  const mean = events.reduce((sum, event) => sum + event.value!, 0) / events.length
  const pairs = new Map<string, { sum: number; count: number }>()
  for (const { userId, itemId, value } of events) {
    const pair = `${userId} ${Number(itemId.slice(1)) % 16}`
    const { sum, count } = pairs.get(pair) ?? { sum: 0, count: 0 }
    pairs.set(pair, { sum: sum + value!, count: count + 1 })
  }
  let between = 0
  let total = 0
  for (const { sum, count } of pairs.values()) if (count >= 10) between += count * (sum / count - mean) ** 2
  for (const { userId, itemId, value } of events) {
    if (pairs.get(`${userId} ${Number(itemId.slice(1)) % 16}`)!.count >= 10) total += (value! - mean) ** 2
  }
  expect(between / total).toBeGreaterThan(0.35)
  expect(mean).toBeGreaterThan(0.3)
  expect(mean).toBeLessThan(0.7)
})

test.each(['events', 'events=many', 'event=3', 'events=1.5', 'users=0', 'repeats=2', 'toString=1', 'seed=-1', 'late='])(
  'refuses "%s" and shows what is understood',
  numbers => {
    expect(() => readGenerated(numbers)).toThrowError(
      expect.objectContaining({ code: 'SOURCE_INVALID', message: expect.stringContaining('events=100000,users=5000') }),
    )
  },
)

test('the pipeline rewards the share watched', () => {
  const [event] = eventsOf('events=1')
  expect(generated.reward(event!)).toBe(event!.value)
})
