/** The year 2100, ms since 1970: what lies behind it is no time in milliseconds. */
const latest = 4_102_444_800_000
/** From 1980 on, in seconds; until 2100 that is a few weeks of early 1970 in milliseconds. */
const secondsFrom = 315_532_800
/** The same for microseconds and nanoseconds, which none in milliseconds reach. */
const microsecondsFrom = secondsFrom * 1e6
const nanosecondsFrom = secondsFrom * 1e9

/** Whether a record of this timestamp (ms) can have been written: nothing is dated after 2100. */
export function isDated(timestamp: number): boolean {
  return timestamp < latest
}

/**
 * Why a time can be no time in milliseconds, whatever other clocks say; null where it can be one.
 *
 *     impossibleTime(1_700_000_000_000_000)   // 'The time 1700000000000000 looks like microseconds; send milliseconds since 1970.'
 */
export function impossibleTime(time: number, what = 'The time'): string | null {
  if (isDated(time) && !(time >= secondsFrom && time < latest / 1000)) return null
  const unit = unitOf(time)
  if (unit === null) return `${what} ${time} lies behind the year 2100; send milliseconds since 1970.`
  return `${what} ${time} looks like ${unit}; send milliseconds since 1970.`
}

/** Zones of the world lie quarters of an hour apart. */
const zoneStep = 15 * 60_000

/**
 * Whether a time (ms) is a date alone: midnight in some zone, to the millisecond.
 *
 *     isDateOnly(Date.UTC(2024, 0, 1))      // true
 *     isDateOnly(Date.UTC(2024, 0, 1) + 1)  // false
 */
export function isDateOnly(time: number): boolean {
  return time % zoneStep === 0
}

/** Whether a time (ms) is no finer than a second. */
export function isWholeSecond(time: number): boolean {
  return time % 1_000 === 0
}

/** Why a record cannot have its timestamp (ms); null where it can. */
export function impossibleTimestamp(timestamp: number): string | null {
  return isDated(timestamp) ? null : impossibleTime(timestamp, "The record's timestamp")
}

/** A count of a unit since 1970 as whole milliseconds, down to the millisecond before 1970 too. */
export function wholeMillis(count: bigint, perMillisecond: bigint): number {
  const rest = ((count % perMillisecond) + perMillisecond) % perMillisecond
  return Number((count - rest) / perMillisecond)
}

function unitOf(time: number): string | null {
  if (time < latest / 1000) return 'seconds'
  if (time >= nanosecondsFrom) return 'nanoseconds'
  return time >= microsecondsFrom ? 'microseconds' : null
}
