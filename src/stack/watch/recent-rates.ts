import type { SavedArrays } from '../../model/saved-arrays.ts'
import { doubleColumn, floatColumn } from '../../model/slot-column.ts'

/**
 * Mean rewards of slots at several speeds: S ← f·S + reward, N ← f·N + 1 for every fade f, counted in the slot's events.
 *
 *     rates.sum(slot, 0) / rates.count(slot, 0)
 */
export interface RecentRates {
  readonly fades: readonly number[]
  sum(slot: number, fade: number): number
  count(slot: number, fade: number): number
  /** Events of a slot, none of them faded. */
  events(slot: number): number
  add(slot: number, reward: number): void
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function recentRates(fades: readonly number[]): RecentRates {
  const width = fades.length
  const sums = floatColumn(width)
  const counts = floatColumn(width)
  const events = doubleColumn()
  return {
    fades,
    sum: (slot, fade) => sums.data[slot * width + fade]!,
    count: (slot, fade) => counts.data[slot * width + fade]!,
    events: slot => events.data[slot]!,
    add(slot, reward) {
      events.data[slot]! += 1
      for (let k = 0, at = slot * width; k < width; k++, at++) {
        sums.data[at] = fades[k]! * sums.data[at]! + reward
        counts.data[at] = fades[k]! * counts.data[at]! + 1
      }
    },
    reset(slot) {
      for (const column of [sums, counts, events]) {
        column.reserve(slot + 1)
        column.reset(slot)
      }
    },
    save: slots => ({ sums: sums.save(slots), counts: counts.save(slots), events: events.save(slots) }),
    restore(arrays) {
      sums.restore(arrays['sums'] as Float32Array)
      counts.restore(arrays['counts'] as Float32Array)
      events.restore(arrays['events'] as Float64Array)
    },
  }
}
