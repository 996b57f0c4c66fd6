import type { Item } from '../definition.ts'
import { Rejection } from '../rejection.ts'
import { checkAttributes } from './attributes.ts'
import { idRule, isId, isText, maxEntries } from './text.ts'
import { unfit } from './unfit.ts'

const noTags: readonly string[] = Object.freeze([])
const titleRule = 'must be a text of at most 1,024 characters or be left out'
const tagsRule = `must be a list of at most ${maxEntries} texts of 1 to 1,024 characters`

/** A decoded value as an item. */
export function checkItem(decoded: object): Item | Rejection {
  const raw = decoded as Partial<Record<keyof Item, unknown>>
  const { itemId } = raw
  if (!isId(itemId)) return unfit('itemId', idRule, itemId)
  const title = raw.title ?? null
  if (title !== null && !isText(title)) return unfit('title', titleRule, title)
  const attributes = checkAttributes(raw.attributes)
  if (attributes instanceof Rejection) return attributes
  const tags = raw.tags ?? noTags
  if (!Array.isArray(tags)) return unfit('tags', tagsRule, tags)
  if (tags.length > maxEntries || !tags.every(isId)) return new Rejection('invalid', `"tags" ${tagsRule}.`)
  return { itemId, title, attributes, tags }
}
