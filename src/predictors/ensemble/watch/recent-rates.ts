import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { doubleColumn } from '../../../state/slot-column.ts'
import { everyRow, userColumns } from '../../../state/user-rows.ts'
import { fadedSums } from '../faded-sums.ts'

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

export function recentRates(fades: readonly number[], rows = everyRow): RecentRates {
  const faded = fadedSums(fades, rows)
  const { width, sums, counts } = faded
  const events = doubleColumn()
  const totals = userColumns({ events }, rows)
  return {
    fades,
    sum(slot, fade) {
      const row = rows.of(slot)
      return sums.data[row * width + fade]!
    },
    count(slot, fade) {
      const row = rows.of(slot)
      return counts.data[row * width + fade]!
    },
    events(slot) {
      const row = rows.of(slot)
      return events.data[row]!
    },
    add(slot, reward) {
      const row = rows.of(slot)
      events.data[row]! += 1
      faded.add(slot, reward)
    },
    reset(slot) {
      faded.reset(slot)
      totals.reset(slot)
    },
    save: slots => ({ ...faded.save(slots), ...totals.save(slots) }),
    restore(arrays) {
      faded.restore(arrays)
      totals.restore(arrays)
    },
  }
}
