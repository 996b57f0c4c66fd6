/** Ratings in groups, by user or by item: group g is entries start[g] … start[g + 1] − 1, in order of arrival. */
export interface Grouped {
  readonly start: Int32Array
  /** The other side of each rating: its item in groups by user, its user in groups by item. */
  readonly other: Int32Array
  readonly rating: Float32Array
}

/**
 * What a batch of ratings looks like to the baselines that scikit-surprise defines: users and items are numbered in order
 * of first appearance, and each pair has one rating, the last.
 */
export interface Trainset {
  readonly users: number
  readonly items: number
  readonly length: number
  /** Mean of all ratings. */
  readonly mean: number
  readonly byUser: Grouped
  readonly byItem: Grouped
}

/** Ratings in columns, in order of arrival, users and items numbered without gaps. */
export interface RatingColumns {
  readonly user: Int32Array
  readonly item: Int32Array
  readonly rating: Float32Array
  readonly users: number
  readonly items: number
}

export function trainsetOf(all: RatingColumns): Trainset {
  const { user, item, rating, users, items } = lastOfEachPair(all)
  return {
    users,
    items,
    length: rating.length,
    mean: rating.reduce((sum, value) => sum + value, 0) / rating.length,
    byUser: grouped(user, item, rating, users),
    byItem: grouped(item, user, rating, items),
  }
}

/** The same ratings, grouped by one side. */
export function grouped(by: Int32Array, other: Int32Array, rating: Float32Array, groups: number): Grouped {
  const { start, rows } = groupRows(by, groups)
  return {
    start,
    other: Int32Array.from(rows, row => other[row]!),
    rating: Float32Array.from(rows, row => rating[row]!),
  }
}

/** The group of each entry. */
export function groupOfEach({ start, other }: Grouped): Int32Array {
  const groups = new Int32Array(other.length)
  for (let group = 0; group + 1 < start.length; group++) groups.fill(group, start[group]!, start[group + 1]!)
  return groups
}

function groupRows(by: Int32Array, groups: number): { start: Int32Array; rows: Int32Array } {
  const start = new Int32Array(groups + 1)
  for (const group of by) start[group + 1]! += 1
  for (let group = 0; group < groups; group++) start[group + 1]! += start[group]!
  const next = start.slice()
  const rows = new Int32Array(by.length)
  for (let row = 0; row < by.length; row++) rows[next[by[row]!]!++] = row
  return { start, rows }
}

function lastOfEachPair(all: RatingColumns): RatingColumns {
  const { start, rows } = groupRows(all.user, all.users)
  const seenBy = new Int32Array(all.items).fill(-1)
  const kept = new Uint8Array(all.rating.length)
  for (let user = 0; user < all.users; user++)
    for (let k = start[user + 1]! - 1; k >= start[user]!; k--) {
      const item = all.item[rows[k]!]!
      if (seenBy[item] !== user) kept[rows[k]!] = 1
      seenBy[item] = user
    }
  if (kept.every(is => is === 1)) return all
  const keep = (_: number, row: number) => kept[row] === 1
  return { ...all, user: all.user.filter(keep), item: all.item.filter(keep), rating: all.rating.filter(keep) }
}
