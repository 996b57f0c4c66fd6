import type { SavedArrays } from '../../state/saved-arrays.ts'
import { doubleColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'

/**
 * How a user rates: how far ratings spread about their mean, and whether predictions lie too near to it or too far off.
 *
 *     calibration.read(user, rating, into)   // spread − 1, that times (rating − 3), slope · (rating − the user's mean)
 *     calibration.add(user, predicted, real)
 *
 * Ratings are on 1 to 5. The slope is what is left over per step that a prediction lies from the mean, of late and early
 * alike: Σ (real − predicted)(predicted − mean) / (n + 10).
 */
export interface UserCalibration {
  readonly width: number
  read(user: number, rating: number, into: Float64Array): void
  add(user: number, predicted: number, real: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function createUserCalibration(rows = everyRow): UserCalibration {
  // Events, Σ ratings, Σ squared distance to the mean of the time, Σ left over times distance.
  const sums = doubleColumn(4)
  const ofUsers = userColumns({ sums }, rows)
  const meanOf = (at: number) => (sums.data[at + 1]! + meanPrior * middle) / (sums.data[at]! + meanPrior)
  return {
    width: 3,
    read(user, rating, into) {
      const at = 4 * rows.of(user)
      const events = sums.data[at]! + prior
      const spread = Math.sqrt((sums.data[at + 2]! + prior) / events) - 1
      into[0] = spread
      into[1] = spread * (rating - middle)
      into[2] = (sums.data[at + 3]! / events) * (rating - meanOf(at))
    },
    add(user, predicted, real) {
      const at = 4 * rows.of(user)
      const mean = meanOf(at)
      sums.data[at]! += 1
      sums.data[at + 1]! += real
      sums.data[at + 2]! += (real - mean) ** 2
      sums.data[at + 3]! += (real - predicted) * (predicted - mean)
    },
    ...ofUsers,
  }
}

/** Events that a user's spread and slope are believed to have shown before the first: a spread of 1, no slope. */
const prior = 10
const meanPrior = 2
/** The middle of the scale of 1 to 5. */
const middle = 3
