import { byteColumn } from './slot-column.ts'

/** Which slots are open; the others are closed, and of those there may be many more. */
export interface OpenSlots {
  isOpen(slot: number): boolean
  set(slot: number, open: boolean): void
  /** The open ones among the first `slots`, by rising slot; the same array until that changes. */
  among(slots: number): Int32Array
  /** A byte for each slot: 1 where it is closed. */
  save(slots: number): Uint8Array
  restore(closed: Uint8Array): void
}

/**
 * Slots are open until one is closed. Who goes through the open ones alone pays nothing for the closed ones.
 *
 *     const slots = openSlots()
 *     slots.set(1, false)
 *     slots.among(4)   // 0, 2, 3
 */
export function openSlots(): OpenSlots {
  const closed = byteColumn()
  let known: { slots: number; open: Int32Array } | null = null
  return {
    isOpen: slot => closed.data[slot] !== 1,
    set(slot, open) {
      closed.reserve(slot + 1)
      const now = open ? 0 : 1
      if (closed.data[slot] !== now) known = null
      closed.data[slot] = now
    },
    among(slots) {
      if (known?.slots === slots) return known.open
      closed.reserve(slots)
      const open = new Int32Array(slots)
      let count = 0
      for (let slot = 0; slot < slots; slot++) if (closed.data[slot] === 0) open[count++] = slot
      known = { slots, open: open.subarray(0, count) }
      return known.open
    },
    save: slots => closed.save(slots),
    restore(saved) {
      closed.restore(saved)
      known = null
    },
  }
}
