import type { DuckDBValue } from '@duckdb/node-api'
import {
  DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBUnionValue,
} from '../duckdb.ts'

/**
 * A DuckDB value as JSON can hold it.
 *
 *     jsonValue(5n)         // 5
 *     jsonValue(2n ** 60n)  // '1152921504606846976'
 */
export function jsonValue(value: DuckDBValue): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof DuckDBDecimalValue) return decimal(String(value))
  if (isTimestamp(value)) return isoTime(String(value))
  if (value instanceof DuckDBDateValue) return String(value)
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(jsonValue)
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, entry]) => [name, jsonValue(entry)]))
  }
  if (value instanceof DuckDBMapValue) {
    if (value.entries.every(({ key }) => typeof key === 'string')) {
      return Object.fromEntries(value.entries.map(entry => [entry.key, jsonValue(entry.value)]))
    }
    return value.entries.map(entry => ({ key: jsonValue(entry.key), value: jsonValue(entry.value) }))
  }
  if (value instanceof DuckDBUnionValue) return jsonValue(value.value)
  return String(value)
}

function isTimestamp(value: DuckDBValue): boolean {
  return (
    value instanceof DuckDBTimestampValue ||
    value instanceof DuckDBTimestampMillisecondsValue ||
    value instanceof DuckDBTimestampSecondsValue ||
    value instanceof DuckDBTimestampNanosecondsValue ||
    value instanceof DuckDBTimestampTZValue
  )
}

/** '2024-02-03 04:05:06.7' and '… 04:05:06.7+00' become '2024-02-03T04:05:06.7Z'; 'infinity' stays. */
function isoTime(text: string): string {
  const [, date, time] = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00(?::00)?)?$/.exec(text) ?? []
  return date === undefined ? text : `${date}T${time}Z`
}

/** A number where a double holds all its digits, else the digits. */
function decimal(text: string): number | string {
  const digits = text.replace(/[-.]/g, '').replace(/^0+/, '')
  return digits.length <= 15 ? Number(text) : text
}
