import type { RowReader, RowWriter } from './packed-row.ts'
import type { SavedArrays } from './saved-arrays.ts'
import { type AnyColumn, columnSet } from './slot-column.ts'

/**
 * Where in memory the row of a user stands, for parts that hold much of each.
 *
 * A user's slot is theirs for good, and what others refer to. Of those who were not active for long the rows are on disk: who
 * asks for one gets a place into which it was read, good until the next row is asked for, and what is written there is lost.
 */
export interface UserRows {
  of(user: number): number
  /** The user's row is in memory already. */
  isHere(user: number): boolean
  /** How many rows are to be saved where there are so many users. */
  saved(users: number): number
  /** A part's rows go with their users, in the order in which parts say so. */
  hold(part: RowPart): void
}

/** What a part holds of users, by row. */
export interface RowPart {
  /** Empty a row, and make room for it. */
  reset(row: number): void
  pack(row: number, into: RowWriter): void
  /** Fill a row that is empty. */
  unpack(row: number, from: RowReader): void
  /** A user goes to disk, and is in this row still; what of them is needed meanwhile is to be kept elsewhere. */
  leaves?(user: number, row: number): void
  /** A user is back. */
  returns?(user: number): void
}

/** Everybody's row is in memory, at the user's slot. */
export const everyRow: UserRows = { of: user => user, isHere: () => true, saved: users => users, hold() {} }

/**
 * Columns of users' rows, which are begun anew, saved and restored together.
 *
 *     const columns = userColumns({ sums, counts }, rows)
 *     columns.reset(user)
 *     sums.data[rows.of(user)] += 1
 */
export function userColumns(
  columns: Readonly<Record<string, AnyColumn>>,
  rows: UserRows,
): { reset(user: number): void; save(users: number): SavedArrays; restore(arrays: SavedArrays): void } {
  const set = columnSet(columns)
  rows.hold(set)
  return {
    reset: user => set.reset(rows.of(user)),
    save: users => set.save(rows.saved(users)),
    restore: set.restore,
  }
}
