import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { columnSet, doubleColumn, intColumn } from '../state/slot-column.ts'
import { slotRows } from '../state/slot-rows.ts'
import { everyRow, type UserRows } from '../state/user-rows.ts'
import type { ItemTags } from './item-tags.ts'
import { rowPool } from './row-pool.ts'

/** The last items of every user, each once, in order of event time; a bounded number of each. */
export interface OwnItems {
  /** Items that are kept of a user. */
  readonly length: number
  /** Places of a user's items, oldest first: `from` to `to` in `tags` and, `ownChannels` for each, in `values`. */
  from(user: number): number
  to(user: number): number
  readonly tags: Int32Array
  /** Hours, how often, worth (below 0: against), the set of behaviours, and how much of what goes with it the user has said. */
  readonly values: Float32Array
  /** The place of a user's item, or −1. */
  find(user: number, item: number): number
  /** A time as `values` has it. */
  hours(time: number): number
  /** Note an event, whose behaviour joins the set of those towards the item; returns the place where it stands now. */
  note(user: number, item: number, time: number, worth: number, behaviours: number): number
  /** One user's items become another's too, each at its time. */
  merge(from: number, into: number): void
  /** Copy the items that a user is not against into `into` [length], newest first (−1: forgotten); returns how many. */
  read(user: number, into: Int32Array): number
  /**
   * Copy the tags of a user's last items into `into`, newest first, 0 for one that the user is against; returns how many. Of
   * whoever is on disk up to `mostLent` are in memory.
   */
  lend(user: number, into: Int32Array): number
  /** Those that the user is against. */
  readAgainst(user: number, into: Int32Array): number
  /** Events of a user so far that were not against, and how many of them came back to an item. */
  count(user: number): number
  repeats(user: number): number
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Rows of `length` items a user that grow by need, 24 bytes each; an item that comes again moves to the end of its row. */
export function ownItems(
  length: number,
  itemTags: ItemTags,
  /** Users' rows may be on disk, and what they lend is asked for or not. */
  { rows = everyRow, lends = false }: { rows?: UserRows; lends?: boolean } = {},
): OwnItems {
  const pool = rowPool(length, ownChannels)
  const starts = intColumn(1, -1)
  const sizes = intColumn()
  const counts = intColumn()
  const again = intColumn()
  const columns = columnSet({ sizes, counts, again })
  const newest = doubleColumn(1, Number.NEGATIVE_INFINITY)
  const origin = Float64Array.of(Number.NaN)

  const from = (user: number): number => {
    const row = rows.of(user)
    return Math.max(0, starts.data[row]!)
  }
  const to = (user: number): number => {
    const row = rows.of(user)
    return Math.max(0, starts.data[row]!) + sizes.data[row]!
  }
  const find = (user: number, item: number): number => {
    const tag = itemTags.tag(item)
    const [first, end] = [from(user), to(user)]
    const { tags } = pool
    for (let place = end - 1; place >= first; place--) if (tags[place] === tag) return place
    return -1
  }
  const move = (target: number, start: number, end: number): void => {
    pool.tags.copyWithin(target, start, end)
    pool.values.copyWithin(target * ownChannels, start * ownChannels, end * ownChannels)
  }
  /** A place at the end of a user's row, the oldest item's where the row is full. */
  const added = (row: number): number => {
    const size = sizes.data[row]!
    if (size === length) {
      const first = starts.data[row]!
      move(first, first + 1, first + size)
      return first + size - 1
    }
    starts.data[row] = pool.grow(starts.data[row]!, size)
    sizes.data[row] = size + 1
    return starts.data[row]! + size
  }
  const empty = (row: number): void => {
    starts.reserve(row + 1)
    newest.reserve(row + 1)
    if (starts.data[row]! >= 0) pool.free(starts.data[row]!, sizes.data[row]!)
    starts.reset(row)
    newest.reset(row)
    columns.reset(row)
  }
  /** What those lend who are on disk. */
  const lent = slotRows({ ints: true })
  const lendFrom = (row: number, into: Int32Array): number => {
    const { tags, values } = pool
    const held = Math.min(into.length, sizes.data[row]!)
    const last = starts.data[row]! + sizes.data[row]! - 1
    for (let k = 0; k < held; k++) into[k] = values[(last - k) * ownChannels + 2]! < 0 ? 0 : tags[last - k]!
    return held
  }
  const lending = new Int32Array(mostLent)
  let isLent = false
  rows.hold({
    leaves(user, row) {
      if (!lends) return
      const held = lendFrom(row, lending)
      lent.reset(user)
      const at = lent.take(user, held)
      lent.ints.set(lending.subarray(0, held), at)
      isLent = true
    },
    returns(user) {
      if (lends) lent.reset(user)
    },
    reset: empty,
    pack(row, into) {
      columns.pack(row, into)
      into.numbers(newest.data, row, row + 1)
      const [start, size] = [starts.data[row]!, sizes.data[row]!]
      if (size > 0) pool.pack(start, size, into)
    },
    unpack(row, given) {
      empty(row)
      columns.unpack(row, given)
      given.numbers(newest.data, row, 1)
      const size = sizes.data[row]!
      if (size > 0) starts.data[row] = pool.unpack(size, given)
    },
  })

  const read = (user: number, into: Int32Array, against: boolean): number => {
    const [first, end] = [from(user), to(user)]
    const { tags, values } = pool
    let held = 0
    for (let place = end - 1; place >= first; place--) {
      if (values[place * ownChannels + 2]! < 0 === against) into[held++] = itemTags.slot(tags[place]!)
    }
    return held
  }

  return {
    length,
    from,
    to,
    get tags() {
      return pool.tags
    },
    get values() {
      return pool.values
    },
    find,
    hours: time => (time - origin[0]!) / hour,
    note(user, item, time, worth, more) {
      if (Number.isNaN(origin[0]!)) origin[0] = time
      const hours = (time - origin[0]!) / hour
      const row = rows.of(user)
      const known = find(user, item)
      let [times, standing, behaviours, said, at] = [0, 0, 0, 0, hours]
      if (known >= 0) {
        const { values } = pool
        at = Math.max(hours, values[known * ownChannels]!)
        times = values[known * ownChannels + 1]!
        standing = values[known * ownChannels + 2]!
        behaviours = values[known * ownChannels + 3]!
        said = values[known * ownChannels + 4]!
        move(known, known + 1, to(user))
      }
      let place = known >= 0 ? to(user) - 1 : added(row)
      if (time < newest.data[row]!) {
        const first = from(user)
        let before = place - 1
        while (before >= first && pool.values[before * ownChannels]! > at) before -= 1
        move(before + 2, before + 1, place)
        place = before + 1
      } else newest.data[row] = time
      if (worth >= 0) {
        counts.data[row]! += 1
        if (times > 0) again.data[row]! += 1
      }
      pool.tags[place] = itemTags.tag(item)
      const { values } = pool
      values[place * ownChannels] = at
      values[place * ownChannels + 1] = times + (worth < 0 ? 0 : 1)
      values[place * ownChannels + 2] = worth < 0 ? worth : Math.max(worth, standing)
      values[place * ownChannels + 3] = behaviours | more
      values[place * ownChannels + 4] = said
      return place
    },
    merge(user, into) {
      // Read before anything moves: the rows lie in one pool.
      const taken = Array.from({ length: to(user) - from(user) }, (_, k) => {
        const place = from(user) + k
        const at = place * ownChannels
        return { tag: pool.tags[place]!, values: pool.values.slice(at, at + ownChannels) }
      })
      for (const { tag, values } of taken) {
        const item = itemTags.slot(tag)
        if (item < 0) continue
        const time = origin[0]! + values[0]! * hour
        const place = this.note(into, item, time, values[2]!, values[3]!)
        if (values[1]! > 1) pool.values[place * ownChannels + 1]! += values[1]! - 1
        pool.values[place * ownChannels + 4]! += values[4]!
      }
    },
    read: (user, into) => read(user, into, false),
    readAgainst: (user, into) => read(user, into, true),
    lend(user, into) {
      if (rows.isHere(user)) return lendFrom(rows.of(user), into)
      const [from, held] = [lent.from(user), Math.min(into.length, lent.to(user) - lent.from(user))]
      for (let k = 0; k < held; k++) into[k] = lent.ints[from + k]!
      return held
    },
    count(user) {
      const row = rows.of(user)
      return counts.data[row]!
    },
    repeats(user) {
      const row = rows.of(user)
      return again.data[row]!
    },
    reset: user => empty(rows.of(user)),
    save(users) {
      const saved = rows.saved(users)
      return {
        ...prefixed('rows', pool.save(starts.data, sizes.data, saved)),
        ...columns.save(saved),
        newest: newest.save(saved),
        origin: origin.slice(),
        ...(isLent && saved > 0 ? prefixed('lent', lent.save(users)) : {}),
      }
    },
    restore(arrays) {
      columns.restore(arrays)
      newest.restore(arrays['newest'] as Float64Array)
      starts.restore(pool.restore(withPrefix('rows', arrays), arrays['sizes'] as Int32Array))
      origin.set(arrays['origin'] as Float64Array)
      const saved = withPrefix('lent', arrays)
      isLent = saved['counts'] !== undefined
      lent.restore(isLent ? saved : { counts: new Uint8Array(0), bytes: new Uint8Array(0), ints: new Int32Array(0) })
    },
  }
}

/** Numbers of an item: hours, how often, worth, behaviours, how much was said of what goes with it. */
export const ownChannels = 5
/** Items that a user lends to others, at most. */
export const mostLent = 20
const hour = 3_600_000
