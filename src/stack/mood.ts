import type { SavedArrays } from '../model/saved-arrays.ts'
import { doubleColumn, floatColumn } from '../model/slot-column.ts'

/**
 * How far off a user's last events were, over four spans: people are in a mood, and it lasts for a sitting.
 *
 *     moods.read(user, time, into, at)   // four numbers: g · S / (N + 1)
 *     moods.add(user, time, error)       // S ← f·S + error, N ← f·N + 1
 *
 * g is 1 within half an hour of the last event and 0.3 later.
 */
export interface Moods {
  readonly width: number
  read(user: number, time: number, into: Float64Array, at: number): void
  add(user: number, time: number, error: number): void
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export const moodFades = [0, 0.6, 0.85, 0.95] as const
const sittingMs = 30 * 60_000
const laterShare = 0.3

export function createMoods(fades: readonly number[] = moodFades): Moods {
  const width = fades.length
  const columns = { sums: floatColumn(width), counts: floatColumn(width), last: doubleColumn(1, Number.NaN) }
  const { sums, counts, last } = columns
  return {
    width,
    read(user, time, into, at) {
      // Not a number before the first event, when the sums are zero anyway.
      const share = time - last.data[user]! < sittingMs ? 1 : laterShare
      for (let k = 0, from = user * width; k < width; k++, from++) {
        into[at + k] = (share * sums.data[from]!) / (counts.data[from]! + 1)
      }
    },
    add(user, time, error) {
      for (let k = 0, to = user * width; k < width; k++, to++) {
        sums.data[to] = fades[k]! * sums.data[to]! + error
        counts.data[to] = fades[k]! * counts.data[to]! + 1
      }
      last.data[user] = time
    },
    reset(user) {
      for (const column of Object.values(columns)) {
        column.reserve(user + 1)
        column.reset(user)
      }
    },
    save: users => ({ sums: sums.save(users), counts: counts.save(users), last: last.save(users) }),
    restore(arrays) {
      sums.restore(arrays['sums'] as Float32Array)
      counts.restore(arrays['counts'] as Float32Array)
      last.restore(arrays['last'] as Float64Array)
    },
  }
}
