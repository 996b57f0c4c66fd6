import { givenAway, type SavedArrays } from './saved-arrays.ts'
import { byteColumn, intColumn } from './slot-column.ts'
import { everyRow, type UserRows } from './user-rows.ts'

/** Rows of up to 255 numbers for slots of an id table, one behind the other, each as long as it has to be. */
export interface SlotRows {
  /** A number of 32 bits for each place, where the rows have such, and one of 8. */
  readonly ints: Int32Array
  readonly bytes: Uint8Array
  /** A slot's row stands at `from` … `to` − 1. */
  from(slot: number): number
  to(slot: number): number
  /** Give a slot a row of so many numbers, all 0, in place of its own; returns where it begins. Arrays that were read before may be old. */
  take(slot: number, count: number): number
  /** A slot's row is empty; there is room for the slot. */
  reset(slot: number): void
  /** Rows of the first `slots` slots, the same whatever stood in them before. */
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * A slot whose row grows gets another place; those that were left are closed up once they are half of all.
 *
 *     const rows = slotRows({ ints: true })
 *     rows.reset(0)
 *     const at = rows.take(0, 2)
 *     rows.ints.set([7, 8], at)
 *     rows.ints.subarray(rows.from(0), rows.to(0))   // 7, 8
 *
 * With `rows` slots are users, whose rows may be on disk.
 */
export function slotRows({ ints: withInts, rows = everyRow }: { ints: boolean; rows?: UserRows }): SlotRows {
  const starts = intColumn()
  const counts = byteColumn()
  const rooms = byteColumn()
  let ints = new Int32Array(0)
  let bytes = new Uint8Array(0)
  let used = 0
  let left = 0

  const replace = (size: number): { oldInts: Int32Array; oldBytes: Uint8Array } => {
    const old = { oldInts: ints, oldBytes: bytes }
    bytes = new Uint8Array(size)
    if (withInts) ints = new Int32Array(size)
    return old
  }
  const closeUp = (more: number) => {
    const { oldInts, oldBytes } = replace(Math.ceil(1.5 * (used - left + more)))
    used = 0
    left = 0
    for (let slot = 0; slot < rooms.data.length; slot++) {
      const from = starts.data[slot]!
      const to = from + counts.data[slot]!
      bytes.set(oldBytes.subarray(from, to), used)
      if (withInts) ints.set(oldInts.subarray(from, to), used)
      starts.data[slot] = used
      used += rooms.data[slot]!
    }
  }
  const makeRoom = (count: number) => {
    if (used + count <= bytes.length) return
    if (left > used / 2) return closeUp(count)
    const { oldInts, oldBytes } = replace(Math.max(256, Math.ceil(1.5 * (used + count))))
    bytes.set(oldBytes)
    if (withInts) ints.set(oldInts)
  }
  const empty = (slot: number) => {
    const [from, to] = [starts.data[slot]!, starts.data[slot]! + counts.data[slot]!]
    bytes.fill(0, from, to)
    if (withInts) ints.fill(0, from, to)
    counts.data[slot] = 0
  }
  const reserve = (slots: number) => {
    for (const column of [starts, counts, rooms]) column.reserve(slots)
  }

  const take = (slot: number, count: number): number => {
    empty(slot)
    if (count > rooms.data[slot]!) {
      const room = Math.min(255, Math.ceil(count / 4) * 4)
      left += rooms.data[slot]!
      rooms.data[slot] = 0
      makeRoom(room)
      starts.data[slot] = used
      rooms.data[slot] = room
      used += room
    }
    counts.data[slot] = count
    return starts.data[slot]!
  }

  const reset = (slot: number) => {
    reserve(slot + 1)
    empty(slot)
  }
  rows.hold({
    reset,
    pack(slot, into) {
      const [from, count] = [starts.data[slot]!, counts.data[slot]!]
      into.count(count)
      into.numbers(bytes, from, from + count)
      if (withInts) into.numbers(ints, from, from + count)
    },
    unpack(slot, from) {
      reserve(slot + 1)
      const count = from.count()
      const at = take(slot, count)
      from.numbers(bytes, at, count)
      if (withInts) from.numbers(ints, at, count)
    },
  })

  return {
    get ints() {
      return ints
    },
    get bytes() {
      return bytes
    },
    from(slot) {
      const row = rows.of(slot)
      return starts.data[row]!
    },
    to(slot) {
      const row = rows.of(slot)
      return starts.data[row]! + counts.data[row]!
    },
    take: (slot, count) => take(rows.of(slot), count),
    reset: slot => reset(rows.of(slot)),
    save(all) {
      const slots = rows.saved(all)
      const lengths = counts.data.slice(0, slots)
      const total = lengths.reduce((sum, length) => sum + length, 0)
      const savedBytes = new Uint8Array(total)
      const savedInts = new Int32Array(withInts ? total : 0)
      for (let slot = 0, to = 0; slot < slots; slot++) {
        const from = starts.data[slot]!
        const end = from + lengths[slot]!
        for (let at = from; at < end; at++, to++) {
          savedBytes[to] = bytes[at]!
          if (withInts) savedInts[to] = ints[at]!
        }
      }
      return givenAway({ counts: lengths, bytes: savedBytes, ...(withInts ? { ints: savedInts } : {}) })
    },
    restore(arrays) {
      const lengths = arrays['counts'] as Uint8Array
      reserve(lengths.length)
      for (const column of [starts, counts, rooms]) column.data.fill(0)
      used = 0
      left = 0
      replace(arrays['bytes']!.length)
      for (let slot = 0, at = 0; slot < lengths.length; slot++) {
        const from = take(slot, lengths[slot]!)
        const to = at + lengths[slot]!
        bytes.set((arrays['bytes'] as Uint8Array).subarray(at, to), from)
        if (withInts) ints.set((arrays['ints'] as Int32Array).subarray(at, to), from)
        at = to
      }
    },
  }
}
