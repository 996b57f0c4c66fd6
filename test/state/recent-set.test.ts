import { expect, test } from 'vitest'
import { KeyedHash } from '../../src/state/keyed-hash.ts'
import { RecentSet } from '../../src/state/recent-set.ts'

const of = (key: string) => new KeyedHash('9f86d081884c7d65').begin().text(key).end()

test('remembers a key for at least one window and at most two', () => {
  const seen = new RecentSet({ windowMs: 1000, capacity: 100 })
  seen.event(500)
  seen.add(of('a'))
  seen.event(1400)
  expect(seen.has(of('a'))).toBe(true)
  seen.event(2100)
  expect(seen.has(of('a'))).toBe(false)
})

test('opens a new generation when the open one is full, so memory is bounded by twice the capacity', () => {
  const seen = new RecentSet({ windowMs: 1_000_000, capacity: 10 })
  for (let k = 0; k < 1000; k++) {
    seen.event(k)
    seen.add(of(String(k)))
  }
  expect(seen.size).toBeLessThanOrEqual(20)
  expect(seen.has(of('999'))).toBe(true)
  expect(seen.has(of('5'))).toBe(false)
})

test('is restored from keys and their generations', () => {
  const seen = new RecentSet({ windowMs: 1000, capacity: 100, generation: 7, newestTime: 7400 })
  seen.restore(of('open'), 7)
  seen.restore(of('before'), 6)
  seen.restore(of('gone'), 5)
  expect([seen.has(of('open')), seen.has(of('before')), seen.has(of('gone'))]).toEqual([true, true, false])
  seen.event(7900)
  expect(seen.generation).toBe(7)
  seen.event(8000)
  expect([seen.generation, seen.has(of('open')), seen.has(of('before'))]).toEqual([8, true, false])
})
