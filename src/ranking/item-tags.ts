import type { SavedArrays } from '../state/saved-arrays.ts'
import { byteColumn } from '../state/slot-column.ts'

/** Items as four bytes that stay true when a slot passes to another item. */
export interface ItemTags {
  /** What to note for the item that a slot holds now; never 0. */
  tag(slot: number): number
  /** The slot that was noted, or −1 if it has passed to another item since. */
  slot(tag: number): number
  /** The slot passes to another item. */
  reset(slot: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** The bits of a tag that are the slot. */
export const slotMask = 0xffffff

/**
 * Slots below 2²⁴ with the number of their generation, 1 to 255.
 *
 *     const noted = tags.tag(7)
 *     tags.reset(7)
 *     tags.slot(noted)   // −1
 *
 * A tag that outlives 255 owners of its slot would be taken for the 256th; every other note is read again long before.
 */
export function itemTags(): ItemTags {
  const generation = byteColumn()
  return {
    tag: slot => slot | (generation.data[slot]! << 24),
    slot: tag => {
      const slot = tag & slotMask
      return generation.data[slot] === tag >>> 24 ? slot : -1
    },
    reset(slot) {
      generation.reserve(slot + 1)
      generation.data[slot] = (generation.data[slot]! % 255) + 1
    },
    save: items => ({ generation: generation.save(items) }),
    restore: arrays => generation.restore(arrays['generation'] as Uint8Array),
  }
}
