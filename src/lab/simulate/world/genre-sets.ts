/** Items by which genres they have: many have the same, and what depends on genres alone is worked out once for them. */
export interface GenreSets {
  readonly count: number
  /** Which set an item has. [items] */
  readonly of: Int32Array
  /** g·v for an item with this set, v being row `row` of a table with one number a genre. */
  dot(set: number, table: Float64Array, row: number): number
}

export function genreSets(shares: Float64Array, items: number): GenreSets {
  const width = shares.length / items
  const sets = new Map<string, number>()
  const of = new Int32Array(items)
  const starts = [0]
  const genres: number[] = []
  const parts: number[] = []
  for (let item = 0; item < items; item++) {
    const own = shares.subarray(item * width, (item + 1) * width)
    const name = own.join()
    const set = sets.get(name) ?? sets.size
    of[item] = set
    if (set < sets.size) continue
    sets.set(name, set)
    for (const [genre, share] of own.entries()) {
      if (share === 0) continue
      genres.push(genre)
      parts.push(share)
    }
    starts.push(genres.length)
  }
  const [start, genreAt, shareAt] = [Int32Array.from(starts), Int32Array.from(genres), Float64Array.from(parts)]
  return {
    count: sets.size,
    of,
    dot(set, table, row) {
      let sum = 0
      for (let at = start[set]!; at < start[set + 1]!; at++) sum += shareAt[at]! * table[row * width + genreAt[at]!]!
      return sum
    },
  }
}
