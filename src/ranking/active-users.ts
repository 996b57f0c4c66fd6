import type { SavedArrays } from '../state/saved-arrays.ts'
import { doubleColumn } from '../state/slot-column.ts'
import { everyRow, userColumns } from '../state/user-rows.ts'

/** How much one more pick of a user says of how to rank, beside those of everybody else. */
export interface ActiveUsers {
  /** A user picks something; from 1 down for those who pick all the time. */
  share(user: number, time: number): number
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const hour = 3_600_000

/**
 * Picks of a user, those of an hour ago counting half; beyond `most` of them each counts most / picks, so that nobody counts
 * for more than `most` · ln 2 picks an hour, however fast. Event times in ms; 16 bytes a user.
 */
export function activeUsers(most = 30, rows = everyRow): ActiveUsers {
  const picks = doubleColumn()
  const times = doubleColumn()
  return {
    share(slot, time) {
      const user = rows.of(slot)
      const since = Math.max(0, time - times.data[user]!)
      picks.data[user] = picks.data[user]! * 0.5 ** (since / hour) + 1
      times.data[user] = Math.max(time, times.data[user]!)
      return Math.min(1, most / picks.data[user]!)
    },
    ...userColumns({ picks, times }, rows),
  }
}
