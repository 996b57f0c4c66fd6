import type { SavedArrays } from '../../state/saved-arrays.ts'
import { sessionGapMs } from '../../state/session-gap.ts'
import { doubleColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import { fadedSums } from './faded-sums.ts'
import { gapFeature } from './gap-feature.ts'

/**
 * How far off a user's last events were, over four spans: people in a good or bad mood stay in it for a session.
 *
 *     recent.read(user, time, into, at)   // g · S / (N + 1) of each, then the same times how long ago
 *     recent.add(user, time, error)       // S ← f·S + error, N ← f·N + 1
 *
 * g is 1 within half an hour of the last event and 0.3 later; how long ago is a logarithm between 0 and 1.5.
 */
export interface RecentResiduals {
  read(user: number, time: number, into: Float64Array, at: number): void
  add(user: number, time: number, error: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const fades = [0, 0.6, 0.85, 0.95] as const
/** Numbers that `read` writes. */
export const recentWidth = 2 * fades.length
const laterShare = 0.3

export function createRecentResiduals(rows = everyRow): RecentResiduals {
  const faded = fadedSums(fades, rows)
  const { width, sums, counts } = faded
  const last = doubleColumn(1, Number.NaN)
  const lasts = userColumns({ last }, rows)
  return {
    read(user, time, into, at) {
      const row = rows.of(user)
      // Not a number before the first event, when the sums are zero anyway.
      const passed = time - last.data[row]!
      const share = passed < sessionGapMs.predictors ? 1 : laterShare
      const age = Number.isNaN(passed) ? 0 : gapFeature(passed)
      for (let k = 0, from = row * width; k < width; k++, from++) {
        const residual = (share * sums.data[from]!) / (counts.data[from]! + 1)
        into[at + k] = residual
        into[at + width + k] = residual * age
      }
    },
    add(user, time, error) {
      faded.add(user, error)
      const row = rows.of(user)
      last.data[row] = time
    },
    reset(user) {
      faded.reset(user)
      lasts.reset(user)
    },
    save: users => ({ ...faded.save(users), ...lasts.save(users) }),
    restore(arrays) {
      faded.restore(arrays)
      lasts.restore(arrays)
    },
  }
}
