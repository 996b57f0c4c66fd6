import type { SavedArrays } from '../model/saved-arrays.ts'
import { floatColumn } from '../model/slot-column.ts'

/** How far off predictions of an item were of late, over two spans: S / (N + 2), S ← f·S + error, N ← f·N + 1. */
export interface ItemDrift {
  readonly width: number
  read(item: number, into: Float64Array, at: number): void
  add(item: number, error: number): void
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function itemDrift(fades: readonly number[] = [0.9, 0.98]): ItemDrift {
  const width = fades.length
  const sums = floatColumn(width)
  const counts = floatColumn(width)
  return {
    width,
    read(item, into, at) {
      for (let k = 0, from = item * width; k < width; k++, from++) {
        into[at + k] = sums.data[from]! / (counts.data[from]! + 2)
      }
    },
    add(item, error) {
      for (let k = 0, to = item * width; k < width; k++, to++) {
        sums.data[to] = fades[k]! * sums.data[to]! + error
        counts.data[to] = fades[k]! * counts.data[to]! + 1
      }
    },
    reset(item) {
      for (const column of [sums, counts]) {
        column.reserve(item + 1)
        column.reset(item)
      }
    },
    save: items => ({ sums: sums.save(items), counts: counts.save(items) }),
    restore(arrays) {
      sums.restore(arrays['sums'] as Float32Array)
      counts.restore(arrays['counts'] as Float32Array)
    },
  }
}
