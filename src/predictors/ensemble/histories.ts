import { givenAway, type SavedArrays } from '../../state/saved-arrays.ts'
import { intColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows } from '../../state/user-rows.ts'

/**
 * The last events of each slot, oldest first, in rows that grow with them: a slot with three events costs four places.
 *
 *     const histories = createHistories({ cap: 200, width: 1 })
 *     const at = histories.push(user, item, version)
 *     histories.values[at] = reward
 *     for (let e = histories.from(user); e < histories.to(user); e++) …   // at most 200 events, oldest first
 *
 * The arrays are replaced when the pool grows, so read them anew after a push.
 */
export interface Histories {
  readonly cap: number
  /** Numbers beside an event; those of the event at e stand at values[e · width]. */
  readonly width: number
  /** The slot on the other side of each event, and who held that slot then. */
  readonly partners: Int32Array
  readonly versions: Int32Array
  readonly values: Float32Array
  /** Events of a slot stand at from(slot) … to(slot) − 1. */
  from(slot: number): number
  to(slot: number): number
  /** Append an event and forget the one beyond the cap; gives its place, whose values the caller fills. */
  push(slot: number, partner: number, version: number): number
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createHistories(options: {
  cap: number
  width: number
  /** The slots are users, whose rows may be on disk. */
  rows?: UserRows
}): Histories {
  const { cap, width, rows = everyRow } = options
  // Rows of 4, 8, 16 … places; the longest has room beyond the cap, so that moving events to its front is rare.
  const longest = cap + Math.max(1, cap >> 2)
  const sizes: number[] = []
  for (let size = 4; size < longest; size *= 2) sizes.push(size)
  sizes.push(longest)
  const start = intColumn(1, -1)
  const length = intColumn()
  const sizeClass = intColumn(1, -1)
  let free: number[][] = sizes.map(() => [])
  let used = 0
  let partners = new Int32Array(1024)
  let versions = new Int32Array(1024)
  let values = new Float32Array(1024 * width)

  const allocate = (kind: number): number => {
    const row = free[kind]!.pop()
    if (row !== undefined) return row
    const at = used
    used += sizes[kind]!
    if (used > partners.length) {
      const room = Math.max(used, Math.ceil(1.5 * partners.length))
      partners = grown(partners, new Int32Array(room))
      versions = grown(versions, new Int32Array(room))
      values = grown(values, new Float32Array(room * width))
    }
    return at
  }
  const move = (from: number, to: number, count: number) => {
    partners.copyWithin(to, from, from + count)
    versions.copyWithin(to, from, from + count)
    values.copyWithin(to * width, from * width, (from + count) * width)
  }
  const kept = (slot: number) => Math.min(cap, length.data[slot]!)

  /** Room for one more event in a slot's row. */
  const makeRoom = (slot: number) => {
    const kind = sizeClass.data[slot]!
    const count = length.data[slot]!
    if (kind >= 0 && count < sizes[kind]!) return
    const old = start.data[slot]!
    if (kind === sizes.length - 1) {
      const keep = cap - 1
      move(old + count - keep, old, keep)
      length.data[slot] = keep
      return
    }
    const row = allocate(kind + 1)
    if (kind >= 0) {
      move(old, row, count)
      free[kind]!.push(old)
    }
    start.data[slot] = row
    sizeClass.data[slot] = kind + 1
  }

  const reset = (row: number) => {
    for (const column of [start, length, sizeClass]) column.reserve(row + 1)
    if (sizeClass.data[row]! >= 0) free[sizeClass.data[row]!]!.push(start.data[row]!)
    for (const column of [start, length, sizeClass]) column.reset(row)
  }
  const firstOf = (row: number) => start.data[row]! + length.data[row]! - kept(row)
  /** Room for so many events in the row of a slot that has none; returns where it begins. */
  const give = (row: number, count: number): number => {
    const kind = sizes.findIndex(size => size >= count)
    const at = allocate(kind)
    start.data[row] = at
    sizeClass.data[row] = kind
    length.data[row] = count
    return at
  }
  rows.hold({
    reset,
    pack(row, into) {
      const [from, count] = [firstOf(row), kept(row)]
      into.count(count)
      if (count === 0) return
      into.numbers(partners, from, from + count)
      into.numbers(versions, from, from + count)
      into.numbers(values, from * width, (from + count) * width)
    },
    unpack(row, from) {
      const count = from.count()
      for (const column of [start, length, sizeClass]) column.reserve(row + 1)
      if (count === 0) return
      const at = give(row, count)
      from.numbers(partners, at, count)
      from.numbers(versions, at, count)
      from.numbers(values, at * width, count * width)
    },
  })

  return {
    cap,
    width,
    get partners() {
      return partners
    },
    get versions() {
      return versions
    },
    get values() {
      return values
    },
    from: slot => firstOf(rows.of(slot)),
    to(slot) {
      const row = rows.of(slot)
      return start.data[row]! + length.data[row]!
    },
    push(slot, partner, version) {
      const row = rows.of(slot)
      makeRoom(row)
      const at = start.data[row]! + length.data[row]!
      partners[at] = partner
      versions[at] = version
      values.fill(0, at * width, (at + 1) * width)
      length.data[row]! += 1
      return at
    },
    reset: slot => reset(rows.of(slot)),
    save(all) {
      const slots = rows.saved(all)
      // Only what can still be read, one slot after the other: where rows lie in the pool means nothing.
      const lengths = Int32Array.from({ length: slots }, (_, slot) => kept(slot))
      const total = lengths.reduce((sum, count) => sum + count, 0)
      const saved = {
        partners: new Int32Array(total),
        tenants: new Int32Array(total),
        values: new Float32Array(total * width),
      }
      for (let slot = 0, to = 0; slot < slots; slot++) {
        const from = firstOf(slot)
        const end = start.data[slot]! + length.data[slot]!
        if (from === end) continue
        saved.partners.set(partners.subarray(from, end), to)
        saved.tenants.set(versions.subarray(from, end), to)
        saved.values.set(values.subarray(from * width, end * width), to * width)
        to += end - from
      }
      return givenAway({ lengths, ...saved })
    },
    restore(arrays) {
      const lengths = arrays['lengths'] as Int32Array
      free = sizes.map(() => [])
      used = 0
      start.restore(new Int32Array(lengths.length).fill(-1))
      sizeClass.restore(new Int32Array(lengths.length).fill(-1))
      length.restore(lengths)
      for (let slot = 0, at = 0; slot < lengths.length; slot++) {
        const count = lengths[slot]!
        if (count === 0) continue
        const row = give(slot, count)
        partners.set((arrays['partners'] as Int32Array).subarray(at, at + count), row)
        versions.set((arrays['tenants'] as Int32Array).subarray(at, at + count), row)
        values.set((arrays['values'] as Float32Array).subarray(at * width, (at + count) * width), row * width)
        at += count
      }
    },
  }
}

function grown<A extends Int32Array | Float32Array>(old: A, room: A): A {
  room.set(old)
  return room
}
