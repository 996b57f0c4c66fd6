import { expect, test } from 'vitest'
import { impossibleTime, impossibleTimestamp, isDated, wholeMillis } from '../../../src/records/checks/time.ts'

const day = Date.UTC(2023, 10, 14)

test('a time in milliseconds is possible from 1970 to 2100', () => {
  for (const time of [0, 2_000, 86_400_000, Date.UTC(1970, 2, 1), day, Date.UTC(2099, 11, 31)]) {
    expect(impossibleTime(time)).toBeNull()
    expect(isDated(time)).toBe(true)
  }
})

test.each([
  ['seconds', day / 1_000],
  ['microseconds', day * 1_000],
  ['nanoseconds', day * 1_000_000],
])('a time in %s is told as such', (unit, time) => {
  expect(impossibleTime(time)).toBe(`The time ${time} looks like ${unit}; send milliseconds since 1970.`)
})

test('a year that is in no unit a time of people is told with its number', () => {
  const time = Date.UTC(9999, 0, 1)
  expect(impossibleTime(time, 'The timestamp')).toBe(
    `The timestamp ${time} lies behind the year 2100; send milliseconds since 1970.`,
  )
})

test('a timestamp of a record is told only where nothing can be dated so', () => {
  expect(impossibleTimestamp(day)).toBeNull()
  expect(impossibleTimestamp(day / 1_000)).toBeNull()
  expect(impossibleTimestamp(day * 1_000)).toBe(
    `The record's timestamp ${day * 1_000} looks like microseconds; send milliseconds since 1970.`,
  )
})

test('a count of a unit is whole milliseconds downwards, before 1970 too', () => {
  expect(wholeMillis(1_999n, 1_000n)).toBe(1)
  expect(wholeMillis(-1n, 1_000n)).toBe(-1)
  expect(wholeMillis(-1_000n, 1_000n)).toBe(-1)
  expect(wholeMillis(-7n, 1n)).toBe(-7)
})
