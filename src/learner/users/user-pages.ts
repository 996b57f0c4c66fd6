import { packedRow, rowReader } from '../../state/packed-row.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import type { RowPart, UserRows } from '../../state/user-rows.ts'
import type { ColdUsers } from './cold-users.ts'

/** Which users are in memory, and where; the others are on disk, and come back as they were. */
export interface UserPages extends UserRows {
  /** Users who are not in memory. */
  readonly cold: number
  /** A new user gets a row, which is empty but for what a guest left in it. */
  begin(user: number): void
  /** A user has an event: they are in memory, and go to disk after all who are there now. */
  bring(user: number): void
  /** A user is asked about, and nothing of them changes: until somebody else is asked about, their row stays where it is. */
  look(user: number): void
  /** A guest stands in a slot that is nobody's. */
  lend(user: number): void
  /** Do something that saves parts, of which users' rows are left out. */
  withoutRows<R>(work: () => R): R
  /** Nothing of whom was forgotten stays on disk. */
  rewrite(): void
  save(): SavedArrays
  /** Before parts are restored: who of so many users has which row. */
  restore(arrays: SavedArrays, users: number): void
  /** After that: users by rising activity; those for whom there is no room any more go to disk. */
  settle(order: Int32Array): void
}

/**
 * Rows for `capacity` users; of more, those who were not active for longest are packed and put into `store`.
 *
 *     const pages = userPages({ capacity: 20_000, store: coldUsersInMemory() })
 *     pages.begin(user)
 *     pages.of(user)   // the row at which parts hold what they know of the user
 *
 * Behind the rows of users stand two that are never saved: a guest's, or that of a user who is asked about, and one into which
 * whoever is read in passing comes.
 */
export function userPages({ capacity, store }: { capacity: number; store: ColdUsers }): UserPages {
  const most = Math.max(fewest, capacity)
  const parts: RowPart[] = []
  const packed = packedRow()
  const at = intColumn(1, nowhere)
  const users = intColumn(1, nowhere)
  // A ring in order of activity: row r stands at r + 1, and the head, whose next is the oldest, at 0.
  const next = intColumn()
  const previous = intColumn()
  /** Rows in use. */
  let used = 0
  /** Who stands in the row behind them, and whether that is a user whose bytes were read. */
  let guest = nowhere
  let isRead = false
  /** Who was read in passing, into the row behind that. */
  let passing = nowhere
  let isReady = false
  let leavesOut = false

  const clear = (row: number): void => {
    for (const part of parts) part.reset(row)
  }
  const unlink = (row: number): void => {
    const [before, after] = [previous.data[row + 1]!, next.data[row + 1]!]
    next.data[before] = after
    previous.data[after] = before
  }
  const append = (row: number): void => {
    const last = previous.data[0]!
    next.data[last] = row + 1
    previous.data[row + 1] = last
    next.data[row + 1] = 0
    previous.data[0] = row + 1
  }
  /** Nobody was read in passing any more. */
  const endPassing = (): void => {
    if (passing === nowhere) return
    at.data[passing] = nowhere
    passing = nowhere
    clear(used + 1)
  }
  const endGuest = (): void => {
    if (guest === nowhere) return
    if (at.data[guest] === used) at.data[guest] = nowhere
    guest = nowhere
    if (isRead) clear(used)
    isRead = false
  }
  /** What may be read into later has its room by then: nobody's arrays are replaced in the midst of something. */
  const makeReady = (): void => {
    if (isReady) return
    isReady = true
    clear(used + 1)
    if (guest === nowhere) clear(used)
  }
  const pack = (row: number): Uint8Array => {
    packed.begin()
    for (const part of parts) part.pack(row, packed)
    return packed.bytes()
  }
  const unpack = (row: number, bytes: Uint8Array): void => {
    const reader = rowReader(bytes)
    for (const part of parts) part.unpack(row, reader)
  }
  /** The bytes of a user who is not in memory. */
  const read = (user: number): Uint8Array => {
    const bytes = store.get(user)
    if (bytes === null) throw new RangeError(`nothing is held of the user in slot ${user}`)
    return bytes
  }
  /** Who was not active for longest goes to disk; the row is empty then. */
  const evict = (): number => {
    const row = next.data[0]! - 1
    const user = users.data[row]!
    store.put(user, pack(row))
    for (const part of parts) part.leaves?.(user, row)
    unlink(row)
    at.data[user] = nowhere
    users.data[row] = nowhere
    clear(row)
    return row
  }
  const take = (): number => {
    endPassing()
    if (used >= most) {
      makeReady()
      return evict()
    }
    endGuest()
    used += 1
    isReady = false
    if (store.held > 0) makeReady()
    return used - 1
  }
  const settleIn = (user: number, row: number): void => {
    at.reserve(user + 1)
    for (const column of [users, next, previous]) column.reserve(row + 2)
    at.data[user] = row
    users.data[row] = user
    append(row)
  }
  const isIn = (user: number): boolean => {
    const row = at.data[user] ?? nowhere
    return row >= 0 && row < used
  }
  const inPassing = (user: number): number => {
    const bytes = read(user)
    endPassing()
    unpack(used + 1, bytes)
    passing = user
    at.data[user] = used + 1
    return used + 1
  }

  return {
    get cold() {
      return store.held
    },
    of(user) {
      const row = at.data[user]!
      return row >= 0 ? row : inPassing(user)
    },
    isHere: user => at.data[user]! >= 0,
    saved: () => (leavesOut ? 0 : used),
    hold: part => void parts.push(part),
    begin(user) {
      if (store.has(user)) {
        store.delete(user)
        for (const part of parts) part.returns?.(user)
      }
      if (isIn(user)) return
      settleIn(user, take())
    },
    bring(user) {
      if (isIn(user)) {
        const row = at.data[user]!
        if (previous.data[0] === row + 1) return
        unlink(row)
        append(row)
        return
      }
      if (guest === user) endGuest()
      const row = take()
      clear(row)
      unpack(row, read(user))
      store.delete(user)
      for (const part of parts) part.returns?.(user)
      settleIn(user, row)
    },
    look(user) {
      if (isIn(user) || guest === user) return
      endPassing()
      endGuest()
      makeReady()
      clear(used)
      unpack(used, read(user))
      guest = user
      isRead = true
      at.data[user] = used
    },
    lend(user) {
      endGuest()
      at.reserve(user + 1)
      at.data[user] = used
      guest = user
    },
    withoutRows(work) {
      leavesOut = true
      try {
        return work()
      } finally {
        leavesOut = false
      }
    },
    rewrite: () => store.rewrite(),
    save() {
      const rows = users.data.slice(0, used)
      // While nobody went to disk a row is its user's slot.
      if (store.held === 0 && rows.every((user, row) => user === row)) return {}
      return { rows, ...prefixed('cold', store.save()) }
    },
    restore(arrays, count) {
      for (const column of [at, users, next, previous]) column.restore(new Int32Array(0))
      for (const column of [at, users]) column.data.fill(nowhere)
      const rows = (arrays['rows'] as Int32Array | undefined) ?? Int32Array.from({ length: count }, (_, user) => user)
      store.restore(withPrefix('cold', arrays))
      at.reserve(count + 1)
      for (const column of [users, next, previous]) column.reserve(rows.length + 2)
      used = rows.length
      guest = nowhere
      isRead = false
      passing = nowhere
      isReady = false
      for (const [row, user] of rows.entries()) {
        users.data[row] = user
        if (user >= 0) at.data[user] = row
      }
    },
    settle(order) {
      for (const user of order) if (isIn(user)) append(at.data[user]!)
      let held = order.reduce((sum, user) => sum + (isIn(user) ? 1 : 0), 0)
      const free: number[] = []
      for (let row = 0; row < used; row++) if (users.data[row] === nowhere) free.push(row)
      // A part that has nothing of anybody may have no room for them either.
      if (held > most) makeReady()
      for (; held > most; held--) free.push(evict())
      // Whoever stands where no rows are to be any more moves to where somebody went.
      const places = free.filter(row => row < most).sort((a, b) => b - a)
      for (let row = most; row < used; row++) {
        const user = users.data[row]!
        if (user === nowhere) continue
        const to = places.pop()!
        const bytes = pack(row).slice()
        unpack(to, bytes)
        clear(row)
        at.data[user] = to
        users.data[to] = user
        users.data[row] = nowhere
        const [before, after] = [previous.data[row + 1]!, next.data[row + 1]!]
        for (const [column, value] of [
          [previous, before],
          [next, after],
        ] as const)
          column.data[to + 1] = value
        next.data[before] = to + 1
        previous.data[after] = to + 1
      }
      used = Math.min(used, most)
      isReady = false
      if (store.held > 0) makeReady()
    },
  }
}

const nowhere = -1
/** Two who are merged are in memory both. */
const fewest = 2
