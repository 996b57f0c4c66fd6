import type { SavedArrays } from '../model/saved-arrays.ts'
import { floatColumn, intColumn } from '../model/slot-column.ts'

/** Which items came soon after an item, and how often; a bounded number of them for each. */
export interface Followers {
  /** Item `next` came soon after item `before`. */
  add(before: number, next: number): void
  /** Visit what followed an item. */
  visit(before: number, visitor: (next: number, times: number) => void): void
  /** A slot passes to the id with this hash. */
  reset(item: number, hash: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Transition counts in constant memory per item.
 *
 * When an item's places are taken, a newcomer takes one off the rarest instead (Misra and Gries): what is frequent stays,
 * and a count is never above the true one.
 */
export function followers(width = 32): Followers {
  const next = intColumn(width, -1)
  const times = floatColumn(width)
  // Whom a place was meant for: a slot that has passed to another id since holds a different one.
  const meant = intColumn(width)
  const hashes = intColumn()

  return {
    add(before, item) {
      const start = before * width
      let place = start
      for (let k = start; k < start + width; k++) {
        if (next.data[k] === item && meant.data[k] === hashes.data[item]) {
          times.data[k]! += 1
          return
        }
        if (times.data[k]! < times.data[place]!) place = k
      }
      const forgotten = next.data[place]! >= 0 && meant.data[place] !== hashes.data[next.data[place]!]
      if (times.data[place]! >= 1 && !forgotten) {
        times.data[place]! -= 1
        return
      }
      next.data[place] = item
      meant.data[place] = hashes.data[item]!
      times.data[place] = 1
    },
    visit(before, visitor) {
      for (let k = before * width; k < (before + 1) * width; k++) {
        const item = next.data[k]!
        if (item >= 0 && times.data[k]! > 0 && meant.data[k] === hashes.data[item]) visitor(item, times.data[k]!)
      }
    },
    reset(item, hash) {
      for (const column of [next, times, meant, hashes]) {
        column.reserve(item + 1)
        column.reset(item)
      }
      hashes.data[item] = hash
    },
    save: items => ({
      next: next.save(items),
      times: times.save(items),
      meant: meant.save(items),
      hashes: hashes.save(items),
    }),
    restore(arrays) {
      next.restore(arrays['next'] as Int32Array)
      times.restore(arrays['times'] as Float32Array)
      meant.restore(arrays['meant'] as Int32Array)
      hashes.restore(arrays['hashes'] as Int32Array)
    },
  }
}
