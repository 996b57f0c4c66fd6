import { RecstreamError } from '../errors.ts'
import { wholeMillis } from '../records/checks/time.ts'
import { whatIs } from '../records/checks/unfit.ts'

/** What a reader gives where the field is not there, or null. */
export interface Absent<T> {
  or: T
}

type Path = string

interface Reader<T> {
  /** The field at this path, in this form; RECORD_INVALID otherwise. */
  (value: unknown, path: Path): T
  /** The same, or `or` where the field is missing or null. */
  <Other>(value: unknown, path: Path, absent: Absent<Other>): T | Other
}

/**
 * Readers of fields in somebody else's values: each takes a value, the field's path, and what stands for a field that is not
 * there. What cannot be read throws RECORD_INVALID with a sentence; in a `decode` that is one dead letter of reason `invalid`.
 *
 *     const value = { visitor: { id: 7 }, at: '2026-01-05T10:00:00Z', cents: '1990' }
 *     read.text(value, 'visitor.id')                 // '7'
 *     read.isoTime(value, 'at')                      // 1767607200000
 *     read.number(value, 'cents') / 100              // 19.9
 *     read.text(value, 'list', { or: null })         // null
 *     read.number(value, 'at')                       // throws: "at" must be a number …, not a text.
 *
 * A path goes from object to object by dots. Nothing is guessed: the unit of a time is the reader that you choose.
 */
export const read = {
  /** A text, or a number as text; a whole number beyond 2^53 has lost digits in JSON and is refused. */
  text: reader('a text or a number below 2^53', asText),
  /** A number, or a text that is one, such as "4.5". */
  number: reader('a number, or a text such as "4.5"', asNumber),
  /** true or false. */
  flag: reader('true or false', value => (typeof value === 'boolean' ? value : undefined)),
  /** An object. */
  object: reader('an object', asObject),
  /** A list. */
  list: reader('a list', value => (Array.isArray(value) ? (value as readonly unknown[]) : undefined)),
  /** A time as ISO 8601 with its zone, such as 2026-01-05T10:00:00Z or …+01:00, as milliseconds since 1970. */
  isoTime: reader('a time such as 2026-01-05T10:00:00Z, with a zone', isoTime),
  /** Milliseconds since 1970, a number or a text. */
  millis: reader('milliseconds since 1970', since1970(1n)),
  /** Seconds since 1970, perhaps with a fraction, as milliseconds. */
  seconds: reader('seconds since 1970', seconds),
  /** Microseconds since 1970, as milliseconds. */
  micros: reader('microseconds since 1970', since1970(1_000n)),
  /** Nanoseconds since 1970, as milliseconds. */
  nanos: reader('nanoseconds since 1970', since1970(1_000_000n)),
} as const

function reader<T>(form: string, as: (value: unknown) => T | undefined): Reader<T> {
  return <Other>(value: unknown, path: Path, absent?: Absent<Other>): T | Other => {
    const found = at(value, path)
    if (absent !== undefined && (found === undefined || found === null)) return absent.or
    const read = as(found)
    if (read !== undefined) return read
    const problem =
      found === undefined
        ? `"${path}" is missing; it must be ${form}.`
        : `"${path}" must be ${form}, not ${whatIs(found)}.`
    throw new RecstreamError('RECORD_INVALID', problem)
  }
}

function at(value: unknown, path: Path): unknown {
  let found = value
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) return undefined
    found = (found as Record<string, unknown>)[name]
  }
  return found
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? undefined : String(value)
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const wholeText = /^[+-]?\d{1,30}$/

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'string') return decimal.test(value.trim()) ? finite(Number(value)) : undefined
  return typeof value === 'number' ? finite(value) : undefined
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}

/** An object that is no list; undefined for anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

const iso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)? ?(Z|[+-]\d\d(:?\d\d)?)$/i

function isoTime(value: unknown): number | undefined {
  if (typeof value !== 'string' || !iso.test(value)) return undefined
  const [date, clock, zone] = [value.slice(0, 10), value.slice(11).replace(/ ?(Z|[+-][\d:]+)$/i, ''), zoneOf(value)]
  const [whole, fraction = ''] = clock.split(/[.,]/)
  // Of a fraction the milliseconds: longer ones are read differently from engine to engine.
  return finite(
    Date.parse(`${date}T${whole}${fraction === '' ? '' : `.${fraction.padEnd(3, '0').slice(0, 3)}`}${zone}`),
  )
}

function zoneOf(value: string): string {
  const zone = /(Z|[+-]\d\d(:?\d\d)?)$/i.exec(value)![0].toUpperCase()
  if (zone === 'Z') return zone
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}

function seconds(value: unknown): number | undefined {
  const count = asNumber(value)
  // To the microsecond first: 1700000000.123 · 1000 is a little less than 1700000000123.
  return count === undefined ? undefined : finite(Math.floor(Math.round(count * 1_000_000) / 1_000))
}

/** A count of a unit since 1970 as whole milliseconds, downwards. */
function since1970(perMillisecond: bigint): (value: unknown) => number | undefined {
  return value => {
    const exact =
      typeof value === 'string' && wholeText.test(value.trim()) ? BigInt(value.trim().replace('+', '')) : value
    if (typeof exact === 'bigint') return wholeMillis(exact, perMillisecond)
    const count = asNumber(value)
    return count === undefined ? undefined : Math.floor(count / Number(perMillisecond))
  }
}
