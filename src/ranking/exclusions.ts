import { scramble } from '../state/hash.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { intColumn } from '../state/slot-column.ts'
import { everyRow } from '../state/user-rows.ts'

/** An item by the 64 bits of its id's hash: it stays the same item when it is forgotten and comes again. */
export interface ItemHash {
  readonly high: number
  readonly low: number
}

/** Which items may not be shown to which users, exactly; users are slots. */
export interface Exclusions {
  /** Not to be shown from now on, until an event time (ms; Infinity: any more; -Infinity: it may be). A later time that was noted before stands. */
  note(user: number, item: ItemHash, until: number): void
  /** Whether an item may not be shown to a user at an event time. */
  holds(user: number, item: ItemHash, time: number): boolean
  /** Whether an item was noted of a user at all. */
  has(user: number, item: ItemHash): boolean
  /** How many items were noted of a user. */
  count(user: number): number
  /** All that was noted of one user is noted of another one, too. */
  merge(from: number, into: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * A hash table of pairs of user and item, each with the time until which it holds: nothing is lost however much is noted,
 * and asking takes the same time whether a user has ten items or ten thousand.
 *
 *     excluded.note(user, { high, low }, Infinity)
 *     excluded.holds(user, { high, low }, time)   // true
 *
 * About 32 bytes a pair. Two of a million items have the same hash with a chance of 1 in 30 million.
 */
export function exclusions(users = everyRow): Exclusions {
  let rows = emptyRows(256)
  /** Rows in use, freed ones among them, and the first of these, from which `next` leads on. */
  let used = 0
  let free = none
  /** Open addressing, at most half full: the row + 1, or 0. */
  let index = new Int32Array(512)
  /** The row noted last of each user, from which `next` leads on. */
  const newest = intColumn(1, none)
  const counts = intColumn()

  const home = (user: number, high: number, low: number) =>
    scramble(Math.imul(user, 0x9e3779b1) ^ high ^ Math.imul(low, 0x85ebca6b)) & (index.length - 1)
  const after = (place: number) => (place + 1) & (index.length - 1)
  /** Where a pair stands in the index, or the free place where it would. */
  const placeOf = (user: number, high: number, low: number): number => {
    for (let place = home(user, high, low); ; place = after(place)) {
      const row = index[place]! - 1
      if (row < 0 || (rows.low[row] === low && rows.high[row] === high && rows.user[row] === user)) return place
    }
  }
  const homeOf = (row: number) => home(rows.user[row]!, rows.high[row]!, rows.low[row]!)
  const enter = (row: number) => {
    let place = homeOf(row)
    while (index[place] !== 0) place = after(place)
    index[place] = row + 1
  }
  const leave = (row: number) => {
    let gap = placeOf(rows.user[row]!, rows.high[row]!, rows.low[row]!)
    index[gap] = 0
    // Those behind the gap that it would hide move into it.
    for (let place = after(gap); index[place] !== 0; place = after(place)) {
      const mask = index.length - 1
      const [wanted, there] = [(place - homeOf(index[place]! - 1)) & mask, (place - gap) & mask]
      if (wanted < there) continue
      index[gap] = index[place]!
      index[place] = 0
      gap = place
    }
  }
  const grow = () => {
    rows = emptyRows(2 * rows.user.length, rows)
    index = new Int32Array(2 * index.length)
    for (let row = 0; row < used; row++) enter(row)
  }
  const take = (): number => {
    if (free === none) {
      if (used === rows.user.length) grow()
      return used++
    }
    const row = free
    free = rows.next[row]!
    return row
  }
  const reserve = (user: number) => {
    newest.reserve(user + 1)
    counts.reserve(user + 1)
  }
  const note = (user: number, { high, low }: ItemHash, until: number) => {
    reserve(user)
    const known = index[placeOf(user, high | 0, low | 0)]! - 1
    if (known >= 0) {
      if (until > rows.until[known]!) rows.until[known] = until
      return
    }
    const row = take()
    rows.user[row] = user
    rows.high[row] = high
    rows.low[row] = low
    rows.until[row] = until
    rows.next[row] = newest.data[user]!
    newest.data[user] = row
    counts.data[user]! += 1
    enter(row)
  }

  const reset = (user: number): void => {
    reserve(user)
    for (let row = newest.data[user]!, next = none; row !== none; row = next) {
      next = rows.next[row]!
      leave(row)
      rows.next[row] = free
      free = row
    }
    newest.reset(user)
    counts.reset(user)
  }
  const one = { high: new Int32Array(1), low: new Int32Array(1), until: new Float64Array(1) }
  // Users stand here by the row that is theirs as long as they are in memory.
  users.hold({
    reset,
    pack(user, into) {
      into.count(counts.data[user]!)
      for (let row = newest.data[user]!; row !== none; row = rows.next[row]!) {
        for (const array of [rows.high, rows.low, rows.until]) into.numbers(array, row, row + 1)
      }
    },
    unpack(user, from) {
      reserve(user)
      const held = Array.from({ length: from.count() }, () => {
        for (const array of [one.high, one.low, one.until]) from.numbers(array, 0, 1)
        return { high: one.high[0]!, low: one.low[0]!, until: one.until[0]! }
      })
      for (const { high, low, until } of held.reverse()) note(user, { high, low }, until)
    },
  })

  return {
    note: (user, item, until) => note(users.of(user), item, until),
    holds(slot, { high, low }, time) {
      const user = users.of(slot)
      // Most users have none, and memory need not be asked.
      if (!(counts.data[user]! > 0)) return false
      const row = index[placeOf(user, high | 0, low | 0)]! - 1
      return row >= 0 && time < rows.until[row]!
    },
    has(slot, { high, low }) {
      const user = users.of(slot)
      return index[placeOf(user, high | 0, low | 0)] !== 0
    },
    count(slot) {
      const user = users.of(slot)
      return counts.data[user] ?? 0
    },
    merge(slot, intoSlot) {
      const [from, into] = [users.of(slot), users.of(intoSlot)]
      if (from === into) return
      for (let row = newest.data[from] ?? none; row !== none; row = rows.next[row]!) {
        note(into, { high: rows.high[row]!, low: rows.low[row]! }, rows.until[row]!)
      }
    },
    reset: user => reset(users.of(user)),
    save(all) {
      const held = users.saved(all)
      reserve(held - 1)
      const saved = emptyRows(counts.data.subarray(0, held).reduce((sum, count) => sum + count, 0))
      let at = 0
      for (let user = 0; user < held; user++) {
        for (let row = newest.data[user]!; row !== none; row = rows.next[row]!, at++) {
          saved.high[at] = rows.high[row]!
          saved.low[at] = rows.low[row]!
          saved.until[at] = rows.until[row]!
        }
      }
      return { counts: counts.save(held), high: saved.high, low: saved.low, until: saved.until }
    },
    restore(arrays) {
      const held = arrays['counts'] as Int32Array
      const [high, low, until] = [arrays['high']!, arrays['low']!, arrays['until']!]
      rows = emptyRows(256)
      index = new Int32Array(512)
      used = 0
      free = none
      newest.restore(new Int32Array(held.length).fill(none))
      counts.restore(new Int32Array(held.length))
      for (let user = 0, from = 0; user < held.length; from += held[user++]!) {
        for (let k = from + held[user]! - 1; k >= from; k--) note(user, { high: high[k]!, low: low[k]! }, until[k]!)
      }
    },
  }
}

const none = -1

interface Rows {
  user: Int32Array
  high: Int32Array
  low: Int32Array
  /** The row noted of the same user before, or the next free one. */
  next: Int32Array
  until: Float64Array
}

function emptyRows(length: number, old?: Rows): Rows {
  const ints = () => new Int32Array(length)
  const rows = { user: ints(), high: ints(), low: ints(), next: ints(), until: new Float64Array(length) }
  if (old !== undefined) for (const [name, array] of Object.entries(old)) rows[name as keyof Rows].set(array)
  return rows
}
