import { Rejection } from '../rejection.ts'
import { isId, isText, maxEntries } from './text.ts'
import { unfit, whatIs } from './unfit.ts'

const none: Readonly<Record<string, string>> = Object.freeze({})
const rule = `must be an object of at most ${maxEntries} texts, names and texts at most 1,024 characters`

/** Attributes of a profile or an item, checked; one shared empty object when there are none. */
export function checkAttributes(value: unknown): Readonly<Record<string, string>> | Rejection {
  if (value === undefined || value === null) return none
  if (typeof value !== 'object' || Array.isArray(value)) return unfit('attributes', rule, value)
  let count = 0
  for (const [name, text] of Object.entries(value)) {
    if (++count > maxEntries || !isId(name) || name === '__proto__')
      return new Rejection('invalid', `"attributes" ${rule}.`)
    if (!isText(text)) return new Rejection('invalid', `"attributes" ${rule}; one is ${whatIs(text)}.`)
  }
  return count === 0 ? none : (value as Record<string, string>)
}
