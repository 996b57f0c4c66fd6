import type { SavedArrays } from '../../state/saved-arrays.ts'
import { doubleColumn, swapRows } from '../../state/slot-column.ts'

/** When each item was in a list of each arm last; items are slots, arms numbers. */
export interface ShownItems {
  /** `time`: event time, ms. */
  note(item: number, arm: number, time: number): void
  /** Of the items for which `counts` says yes, by arm: the share that was in a list at all, and after a time. */
  coverage(counts: (item: number) => boolean, items: number, since: number): { all: number; recent: number }[]
  /** The items of two slots change places. */
  exchanged(a: number, b: number): void
  /** The slot passes to another item. */
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Eight bytes an item and arm. */
export function shownItems(arms: number): ShownItems {
  const times = doubleColumn(arms, Number.NEGATIVE_INFINITY)
  return {
    note(item, arm, time) {
      const at = item * arms + arm
      times.data[at] = Math.max(times.data[at]!, time)
    },
    coverage(counts, items, since) {
      const [all, recent] = [new Float64Array(arms), new Float64Array(arms)]
      let count = 0
      for (let item = 0; item < items; item++) {
        if (!counts(item)) continue
        count += 1
        for (let arm = 0; arm < arms; arm++) {
          const time = times.data[item * arms + arm]!
          if (time > Number.NEGATIVE_INFINITY) all[arm]! += 1
          if (time > since) recent[arm]! += 1
        }
      }
      const share = (of: number) => (count === 0 ? 0 : of / count)
      return Array.from(all, (of, arm) => ({ all: share(of), recent: share(recent[arm]!) }))
    },
    exchanged(a, b) {
      times.reserve(Math.max(a, b) + 1)
      swapRows(times.data, arms, a, b)
    },
    reset(item) {
      times.reserve(item + 1)
      times.reset(item)
    },
    save: items => ({ times: times.save(items) }),
    restore(arrays) {
      times.restore(arrays['times'] as Float64Array)
    },
  }
}
