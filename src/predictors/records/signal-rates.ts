import type { SavedArrays } from '../../state/saved-arrays.ts'
import { floatColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'

/**
 * Sums of several signals of slots at several speeds: S ← f·S + signal, N ← f·N + 1 for every fade f, counted in the slot's events.
 *
 *     rates.add(slot, Float64Array.of(1, 0.5))
 *     rates.sums.data[slot * fades * signals + fade * signals + signal]
 */
export interface SignalRates {
  readonly fades: number
  /** fades × signals numbers a slot. */
  readonly sums: { readonly data: Float32Array }
  /** fades numbers a slot. */
  readonly counts: { readonly data: Float32Array }
  add(slot: number, signals: Float64Array): void
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function signalRates(fades: readonly number[], signals: number, rows = everyRow): SignalRates {
  const sums = floatColumn(fades.length * signals)
  const counts = floatColumn(fades.length)
  return {
    fades: fades.length,
    ...{ sums, counts },
    add(user, values) {
      const slot = rows.of(user)
      let at = slot * sums.width
      for (let k = 0, count = slot * fades.length; k < fades.length; k++, count++) {
        const fade = fades[k]!
        counts.data[count] = fade * counts.data[count]! + 1
        for (let s = 0; s < signals; s++, at++) sums.data[at] = fade * sums.data[at]! + values[s]!
      }
    },
    ...userColumns({ sums, counts }, rows),
  }
}
