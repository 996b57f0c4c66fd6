import type { SavedArrays } from '../../../state/saved-arrays.ts'

/** The last items shown in each slot, as rings. */
export interface RecentItems {
  has(slot: number, item: number): boolean
  push(slot: number, item: number): void
  clear(slot: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Remember the last `length` items of each slot.
 *
 *     const recent = createRecentItems({ slots: 1, items: 600, length: 2 })
 *     for (const item of [5, 6, 7]) recent.push(0, item)   // 6 and 7 are there, 5 is not
 *
 * An item that was shown twice stays until its second showing has left. Takes a byte an item and four a place in each slot.
 */
export function createRecentItems({
  slots,
  items,
  length,
}: {
  slots: number
  items: number
  length: number
}): RecentItems {
  const ring = new Int32Array(slots * length).fill(-1)
  const next = new Int32Array(slots)
  const times = new Uint8Array(slots * items)
  return {
    has: (slot, item) => times[slot * items + item] !== 0,
    push(slot, item) {
      if (length === 0) return
      const at = slot * length + next[slot]!
      const old = ring[at]!
      if (old >= 0) times[slot * items + old]! -= 1
      ring[at] = item
      times[slot * items + item]! += 1
      next[slot] = (next[slot]! + 1) % length
    },
    clear(slot) {
      ring.fill(-1, slot * length, (slot + 1) * length)
      times.fill(0, slot * items, (slot + 1) * items)
      next[slot] = 0
    },
    save: () => ({ ring: ring.slice(), next: next.slice() }),
    restore(saved) {
      ring.set(saved['ring'] as Int32Array)
      next.set(saved['next'] as Int32Array)
      times.fill(0)
      for (const [at, item] of ring.entries()) if (item >= 0) times[Math.floor(at / length) * items + item]! += 1
    },
  }
}
