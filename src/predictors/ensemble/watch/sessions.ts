import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { sessionGapMs } from '../../../state/session-gap.ts'
import { doubleColumn, intColumn } from '../../../state/slot-column.ts'
import { everyRow, userColumns } from '../../../state/user-rows.ts'

/** Where a user stands: time since the last event, place in the session, the last rewards, the last item. */
export interface Sessions {
  /** Doublings of the seconds since the user's last event, in steps of 4/3, 0 … 14; 15 before the first one. */
  gap(user: number, time: number): number
  /** Events of this session before this one, 0 … 15; a session ends with half an hour without events. */
  place(user: number, time: number): number
  /** Whether the last rewards were at least a half, one bit each, the newest lowest, below a bit that marks how many there are. */
  pattern(user: number, most: number): number
  /** The last item's slot, −1 if there is none or the slot has passed to another item. */
  lastItem(user: number): number
  add(user: number, item: number, reward: number, time: number): void
  resetUser(slot: number): void
  resetItem(slot: number): void
  /** The slot is of an item without events, and has no version yet. */
  knowItem(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const lastPlace = 15

export function createSessions(rows = everyRow): Sessions {
  const times = doubleColumn(1, Number.NaN)
  const places = intColumn()
  const patterns = intColumn(1, 1)
  const lastItems = intColumn(1, -1)
  const lastVersions = intColumn()
  const ofUsers = userColumns({ times, places, patterns, lastItems, lastTenants: lastVersions }, rows)
  // A slot passes from item to item; each holder is a new version of the slot.
  const versions = intColumn()
  const admitted = Int32Array.of(0)

  const place = (user: number, time: number): number => {
    const row = rows.of(user)
    // False for NaN, too.
    return time - times.data[row]! < sessionGapMs.predictors ? places.data[row]! : 0
  }

  return {
    gap(user, time) {
      const row = rows.of(user)
      const gap = time - times.data[row]!
      return Number.isNaN(gap) ? 15 : Math.min(14, Math.floor(0.75 * Math.log2(1 + Math.max(0, gap) / 1000)))
    },
    place,
    pattern(user, most) {
      const row = rows.of(user)
      const bits = patterns.data[row]!
      return bits < 1 << most ? bits : (bits & ((1 << most) - 1)) | (1 << most)
    },
    lastItem(user) {
      const row = rows.of(user)
      const item = lastItems.data[row]!
      return item >= 0 && versions.data[item] === lastVersions.data[row] ? item : -1
    },
    add(user, item, reward, time) {
      const row = rows.of(user)
      places.data[row] = Math.min(lastPlace, place(user, time) + 1)
      times.data[row] = time
      const bits = (patterns.data[row]! << 1) | (reward >= 0.5 ? 1 : 0)
      patterns.data[row] = bits < 512 ? bits : (bits & 255) | 256
      lastItems.data[row] = item
      lastVersions.data[row] = versions.data[item]!
    },
    resetUser: ofUsers.reset,
    resetItem(slot) {
      versions.reserve(slot + 1)
      admitted[0]! += 1
      versions.data[slot] = admitted[0]!
    },
    knowItem: slot => versions.reserve(slot + 1),
    save: (users, items) => ({
      ...ofUsers.save(users),
      tenants: versions.save(items),
      admitted: admitted.slice(),
    }),
    restore(arrays) {
      ofUsers.restore(arrays)
      versions.restore(arrays['tenants'] as Int32Array)
      admitted.set(arrays['admitted'] as Int32Array)
    },
  }
}
