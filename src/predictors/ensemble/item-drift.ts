import type { SavedArrays } from '../../state/saved-arrays.ts'
import { fadedSums } from './faded-sums.ts'

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
  const faded = fadedSums(fades)
  const { width, sums, counts } = faded
  return {
    width,
    read(item, into, at) {
      for (let k = 0, from = item * width; k < width; k++, from++) {
        into[at + k] = sums.data[from]! / (counts.data[from]! + 2)
      }
    },
    add: faded.add,
    reset: faded.reset,
    save: faded.save,
    restore: faded.restore,
  }
}
