import type { SavedArrays } from '../../state/saved-arrays.ts'
import { columnSet, floatColumn } from '../../state/slot-column.ts'

/**
 * Sums of slots at several speeds: S ← f·S + value, N ← f·N + 1 for every fade f, counted in the slot's events.
 *
 *     faded.add(slot, 0.5)
 *     faded.sums.data[slot * width + k] / faded.counts.data[slot * width + k]
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

export function fadedSums(fades: readonly number[]): FadedSums {
  const width = fades.length
  const sums = floatColumn(width)
  const counts = floatColumn(width)
  return {
    ...{ width, sums, counts },
    add(slot, value) {
      for (let k = 0, at = slot * width; k < width; k++, at++) {
        sums.data[at] = fades[k]! * sums.data[at]! + value
        counts.data[at] = fades[k]! * counts.data[at]! + 1
      }
    },
    ...columnSet({ sums, counts }),
  }
}
