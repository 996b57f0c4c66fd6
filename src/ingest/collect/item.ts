import type { Item } from '../../records/definition.ts'
import { Rejection } from '../../records/rejection.ts'
import { checkAttributes } from './attributes.ts'
import { isId, isText, maxEntries } from './text.ts'

const noTags: readonly string[] = Object.freeze([])
const badItemId = new Rejection('invalid', '"itemId" must be a text of 1 to 1,024 characters.')
const badTitle = new Rejection('invalid', '"title" must be a text of at most 1,024 characters, or be left out.')
const badTags = new Rejection(
  'invalid',
  `"tags" must be a list of at most ${maxEntries} texts of 1 to 1,024 characters.`,
)

/** A decoded value as an item. */
export function checkItem(decoded: object): Item | Rejection {
  const raw = decoded as Partial<Record<keyof Item, unknown>>
  const { itemId } = raw
  if (!isId(itemId)) return badItemId
  const title = raw.title ?? null
  if (title !== null && !isText(title)) return badTitle
  const attributes = checkAttributes(raw.attributes)
  if (attributes instanceof Rejection) return attributes
  const tags = raw.tags ?? noTags
  if (!Array.isArray(tags) || tags.length > maxEntries || !tags.every(isId)) return badTags
  return { itemId, title, attributes, tags }
}
