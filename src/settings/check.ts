import { validate } from 'node-cron'
import type { Field } from './field.ts'

/** What a field allows instead of a value, such as "a whole number from 1 to 9 (items)"; null for a value that it allows. */
export function wanted(field: Field, value: unknown): string | null {
  switch (field.type) {
    case 'integer':
    case 'number': {
      const fits = typeof value === 'number' && value >= field.min && value <= field.max
      if (fits && (field.type === 'number' || Number.isSafeInteger(value))) return null
      const kind = field.type === 'integer' ? 'a whole number' : 'a number'
      return `${kind} from ${field.min} to ${field.max} (${field.unit})`
    }
    case 'choice':
      return field.of.some(each => each === value) ? null : `one of ${field.of.join(', ')}`
    case 'cron':
      if (value === undefined || (typeof value === 'string' && validate(value))) return null
      return 'a cron expression such as "*/5 * * * *"'
  }
}

/** All that a field allows, in short: "1 … 9", or the names. */
export function allowedText(field: Field): string {
  if ('min' in field) return `${field.min} … ${field.max}`
  return field.type === 'choice' ? field.of.join(', ') : 'a cron expression, or never'
}

/**
 * A value as the command line gives it; what is not understood stays as it is.
 *
 *     fromText(integer(1, [0, 9_999], 'events', 'in a window'), '1_000')   // 1000
 */
export function fromText(field: Field, given: unknown): unknown {
  if (typeof given !== 'string') return given
  if (field.type === 'cron') return given === 'never' ? undefined : given
  if (field.type === 'choice') return field.of.find(each => String(each) === given) ?? given
  const digits = given.trim().replaceAll('_', '')
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : given
}

/**
 * A value as an error shows it: short, whatever it is.
 *
 *     shown('7')   // '"7"'
 *     shown(NaN)   // 'NaN'
 */
export function shown(value: unknown): string {
  const text = asText(value)
  return text.length <= 100 ? text : `${text.slice(0, 99)}…`
}

function asText(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // It holds itself, or a bigint: settings of a module may be anything.
    return Array.isArray(value) ? 'a list' : 'an object'
  }
}
