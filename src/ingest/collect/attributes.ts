import { Rejection } from '../../records/rejection.ts'
import { isId, isText, maxEntries } from './text.ts'

const none: Readonly<Record<string, string>> = Object.freeze({})
const invalid = new Rejection(
  'invalid',
  `"attributes" must be an object of at most ${maxEntries} texts, names and texts at most 1,024 characters.`,
)

/** Attributes of a profile or an item, checked; one shared empty object when there are none. */
export function checkAttributes(value: unknown): Readonly<Record<string, string>> | Rejection {
  if (value === undefined || value === null) return none
  if (typeof value !== 'object' || Array.isArray(value)) return invalid
  let count = 0
  for (const [name, text] of Object.entries(value)) {
    if (++count > maxEntries || !isId(name) || name === '__proto__' || !isText(text)) return invalid
  }
  return count === 0 ? none : (value as Record<string, string>)
}
