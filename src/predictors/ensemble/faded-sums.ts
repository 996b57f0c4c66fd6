import type { SavedArrays } from '../../state/saved-arrays.ts'
import { floatColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'

/**
 * Sums of slots at several speeds: S ← f·S + value, N ← f·N + 1 for every fade f, counted in the slot's events.
 *
 *     faded.add(slot, 0.5)
 *     faded.sums.data[slot * width + k] / faded.counts.data[slot * width + k]
 *
 * With `rows` slots are users, whose numbers stand at their rows.
 */
export interface FadedSums {
  readonly width: number
  /** `width` numbers a slot. */
  readonly sums: { readonly data: Float32Array }
  readonly counts: { readonly data: Float32Array }
  add(slot: number, value: number): void
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function fadedSums(fades: readonly number[], rows = everyRow): FadedSums {
  const width = fades.length
  const sums = floatColumn(width)
  const counts = floatColumn(width)
  return {
    ...{ width, sums, counts },
    add(slot, value) {
      const row = rows.of(slot)
      for (let k = 0, at = row * width; k < width; k++, at++) {
        sums.data[at] = fades[k]! * sums.data[at]! + value
        counts.data[at] = fades[k]! * counts.data[at]! + 1
      }
    },
    ...userColumns({ sums, counts }, rows),
  }
}
