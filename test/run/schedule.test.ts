import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { scheduled } from '../../src/run/schedule.ts'

const minute = 60_000
const day = 24 * 60 * minute
const start = new Date(2024, 0, 15, 12, 0, 30).getTime()
const warned = vi.spyOn(console, 'warn')

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: start })
  warned.mockClear()
})
afterEach(() => vi.useRealTimers())

/** How often it is due, asked at each of these times. */
function dueAt(expression: string, times: readonly number[]): boolean[] {
  const due = scheduled(expression)
  return times.map(time => {
    vi.setSystemTime(time)
    return due()
  })
}

test('is due once at each tick, and not between them', () => {
  const times = [0, 29_999, 30_000, 30_001, 90_000, 149_999].map(passed => start + passed)
  expect(dueAt('* * * * *', times)).toEqual([false, false, true, false, true, false])
})

test('ticks that went by since it was asked last are one, also after the clock was set forward by days', () => {
  const later = start + 6 * day
  expect(dueAt('* * * * *', [later, later + 1, later + minute, later + 400 * day])).toEqual([true, false, true, true])
  expect(warned).not.toHaveBeenCalled()
})

test('a clock that was set back by days holds nothing up', () => {
  const back = start - 6 * day
  expect(dueAt('* * * * *', [start, back, back + 29_999, back + 30_000])).toEqual([false, false, false, true])
})

test('a clock that was corrected by milliseconds over a tick is not due twice', () => {
  const tick = start + 30_000
  expect(dueAt('* * * * *', [tick + 1, tick - 1, tick + 2])).toEqual([true, false, false])
})

test('without an expression it is never due, and one that cannot be read is refused', () => {
  expect(scheduled(undefined)()).toBe(false)
  expect(() => scheduled('every minute')).toThrow(/is not a cron expression/)
})
