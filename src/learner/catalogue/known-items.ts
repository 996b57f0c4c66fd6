import type { Attributes } from '../attribute-table.ts'

/**
 * What the items topic says of the items in memory, by slot.
 *
 *     known.attributes(slot)['price']   // 9.9
 *     known.isAvailable(slot)           // false: sold out, and in no list
 */
export interface KnownItems {
  /** An item's attributes, numbers as numbers; the same object until they change, `noAttributes` where its record never came. */
  attributes(slot: number): Attributes
  /** Its tags; the same list until they change. */
  tags(slot: number): readonly string[]
  title(slot: number): string | null
  /** Whether it may be in a list at all: it is not deleted, and the definition's `available` holds. */
  isAvailable(slot: number): boolean
  /** Whether few have had a chance to meet it: it was in few lists and had few events. */
  isNew(slot: number): boolean
}
