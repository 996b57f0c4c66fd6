import { Rejection } from '../rejection.ts'
import { count } from '../words.ts'
import { maxTextLength } from './text.ts'

/**
 * What a value is, in a few words, however large it is.
 *
 *     whatIs(7)      // 'the number 7'
 *     whatIs([7])    // 'a list'
 */
export function whatIs(value: unknown): string {
  if (value === undefined || value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'string') return whatText(value)
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Promise) return 'a promise'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function whatText(text: string): string {
  if (text === '') return 'an empty text'
  if (text.length > maxTextLength) return `a text of ${count(text.length)} characters`
  return text.includes('\0') ? 'a text with U+0000 in it' : 'a text'
}

/**
 * A field that does not keep to its rule.
 *
 *     unfit('userId', 'must be a text', 7).message   // '"userId" must be a text, not the number 7.'
 */
export function unfit(field: string, rule: string, value: unknown): Rejection {
  // Ids are numbers in many systems; that they go as texts is said before how long a text may be.
  if (typeof value === 'number' && /^must be a text\b/.test(rule)) {
    return new Rejection('invalid', `"${field}" must be a text, not the number ${value}; write it as "${value}".`)
  }
  const sentence =
    value === undefined ? `"${field}" is missing; it ${rule}.` : `"${field}" ${rule}, not ${whatIs(value)}.`
  return new Rejection('invalid', sentence)
}
