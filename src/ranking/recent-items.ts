import type { SavedArrays } from '../state/saved-arrays.ts'
import { intColumn } from '../state/slot-column.ts'
import { everyRow, userColumns } from '../state/user-rows.ts'
import type { ItemTags } from './item-tags.ts'

/** The last items of every user, a bounded number of each. */
export interface RecentItems {
  /** Items that are kept of a user. */
  readonly length: number
  add(user: number, item: number): void
  /** Copy a user's items into `into` [length], newest first (−1: forgotten); returns how many. */
  read(user: number, into: Int32Array): number
  /** Events of a user so far. */
  count(user: number): number
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** A ring of `length` items a user, four bytes each. */
export function recentItems(length: number, tags: ItemTags, rows = everyRow): RecentItems {
  const ring = intColumn(length)
  const counts = intColumn()
  return {
    length,
    add(slot, item) {
      const user = rows.of(slot)
      ring.data[user * length + (counts.data[user]! % length)] = tags.tag(item)
      counts.data[user]! += 1
    },
    read(slot, into) {
      const user = rows.of(slot)
      const count = counts.data[user]!
      const held = Math.min(count, length)
      for (let h = 0; h < held; h++) into[h] = tags.slot(ring.data[user * length + ((count - 1 - h) % length)]!)
      return held
    },
    count(slot) {
      const user = rows.of(slot)
      return counts.data[user]!
    },
    ...userColumns({ ring, counts }, rows),
  }
}
