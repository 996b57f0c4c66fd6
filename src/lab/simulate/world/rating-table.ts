import { RecstreamError } from '../../../errors.ts'
import type { SourceReader } from '../../../records/definition.ts'

/** Ratings by row, users and items as dense numbers, and the genres of items: what a population is made from. */
export interface RatingTable {
  /** The data's name, such as "ml-100k". */
  readonly source: string
  readonly users: number
  readonly items: number
  readonly user: Int32Array
  readonly item: Int32Array
  /** On any scale; 1 to 5 stars in MovieLens. */
  readonly rating: Float64Array
  readonly genres: readonly string[]
  /** 1 where an item has a genre, else 0; every item has one at least. [items × genres] */
  readonly flags: Uint8Array
}

/** How much of a source is taken. */
export const tableLimits = { items: 600, genres: 18 }

/**
 * The ratings of a source's most rated items.
 *
 *     await readRatingTable(readMovieLens('ml-100k'))   // 943 users, 600 items, 83,565 ratings
 *
 * Tags are genres: the 18 most frequent; an item with none of them gets the most frequent. A source with fewer than 200
 * items, or without values, is SOURCE_INVALID: there would be nothing left to show.
 */
export async function readRatingTable(reader: SourceReader): Promise<RatingTable> {
  const tags = new Map<string, readonly string[]>()
  for await (const { itemId, tags: own } of reader.items()) tags.set(itemId, own)
  const rows: { userId: string; itemId: string; value: number }[] = []
  const counts = new Map<string, number>()
  for await (const { userId, itemId, value } of reader.events()) {
    if (value === null) continue
    rows.push({ userId, itemId, value })
    counts.set(itemId, (counts.get(itemId) ?? 0) + 1)
  }
  const kept = mostFrequent(counts, tableLimits.items)
  if (kept.length < 200) {
    throw new RecstreamError(
      'SOURCE_INVALID',
      `${reader.name ?? 'The source'} has ${kept.length} rated items, and a world needs 200; give the folder of MovieLens 100K, or none.`,
    )
  }
  const items = new Map(kept.map((itemId, slot) => [itemId, slot]))
  const users = new Map<string, number>()
  const taken = rows.filter(({ itemId }) => items.has(itemId))
  for (const { userId } of taken) if (!users.has(userId)) users.set(userId, users.size)
  return {
    source: reader.name ?? 'ratings',
    users: users.size,
    items: kept.length,
    user: Int32Array.from(taken, row => users.get(row.userId)!),
    item: Int32Array.from(taken, row => items.get(row.itemId)!),
    rating: Float64Array.from(taken, row => row.value),
    ...genresOf(kept.map(itemId => tags.get(itemId) ?? [])),
  }
}

function genresOf(tags: readonly (readonly string[])[]): Pick<RatingTable, 'genres' | 'flags'> {
  const counts = new Map<string, number>()
  for (const tag of tags.flat()) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  const frequent = mostFrequent(counts, tableLimits.genres)
  const genres = frequent.length === 0 ? ['any'] : frequent.toSorted()
  const usual = genres.indexOf(frequent[0] ?? 'any')
  const flags = new Uint8Array(tags.length * genres.length)
  for (const [item, own] of tags.entries()) {
    const known = own.map(tag => genres.indexOf(tag)).filter(genre => genre >= 0)
    for (const genre of known.length === 0 ? [usual] : known) flags[item * genres.length + genre] = 1
  }
  return { genres, flags }
}

/** Names with the highest counts, equal counts by name, so that the order of records decides nothing. */
function mostFrequent(counts: ReadonlyMap<string, number>, most: number): string[] {
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name)
}
