import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { byteColumn, columnSet, doubleColumn, intColumn, swapRows } from '../../state/slot-column.ts'
import type { CandidateSource } from './candidate-source.ts'

/** Items that few have had a chance to meet. */
export interface NewItems extends CandidateSource {
  /** Whether an item has been in few lists and few users have met it. */
  isNew(item: number): boolean
  /** When an item was first met, by its record or by an event, as a number that rises from one to the next. */
  order(item: number): number
  /** An item is known from now on, before its first event. */
  came(item: number): void
  /** An event is the first that is known of an item. */
  appeared(item: number): void
  /** A user met an item for the first time. */
  met(item: number): void
  /** A list was made of these items. */
  listed(items: Iterable<number>): void
  /** Two items have changed slots. */
  exchanged(a: number, b: number): void
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** The newest items, and in turn all that nobody has met yet, so that each has its day. Eleven bytes an item. */
export function newItems(): NewItems {
  const lists = byteColumn()
  const users = byteColumn()
  const known = byteColumn()
  const orders = doubleColumn()
  const columns = columnSet({ lists, users, known, orders })
  const newest = new Int32Array(newestKept).fill(-1)
  /** Lists made so far, one more than the highest slot, and items that came or appeared. */
  const counts = Float64Array.of(0, 0, 0)
  const taken = intColumn(1, -1)
  let turn = 0

  const isNew = (item: number): boolean =>
    known.data[item] === 1 && users.data[item]! < fewUsers && lists.data[item]! < fewLists

  const room = (item: number) => {
    taken.reserve(item + 1)
    counts[1] = Math.max(counts[1]!, item + 1)
  }

  const appeared = (item: number) => {
    counts[2]! += 1
    orders.data[item] = counts[2]!
  }

  return {
    isNew,
    order: item => orders.data[item]!,
    came(item) {
      known.data[item] = 1
      appeared(item)
      newest.copyWithin(1, 0, newestKept - 1)
      newest[0] = item
    },
    appeared,
    met(item) {
      users.data[item] = Math.min(255, users.data[item]! + 1)
    },
    listed(items) {
      counts[0]! += 1
      for (const item of items) lists.data[item] = Math.min(255, lists.data[item]! + 1)
    },
    find({ allowed }, into, most) {
      turn += 1
      const size = counts[1]!
      let count = 0
      const take = (item: number) => {
        if (taken.data[item] === turn || !isNew(item) || !allowed(item)) return
        taken.data[item] = turn
        into[count++] = item
      }
      // Those that fewest lists held come first among the newest.
      for (let held = 0; held < fewLists && count < most >> 1; held++) {
        let left = false
        for (let k = 0; k < newestKept && count < most >> 1; k++) {
          const item = newest[k]!
          if (item < 0) continue
          if (lists.data[item] === held) take(item)
          else left ||= lists.data[item]! > held
        }
        if (!left) break
      }
      for (let step = 0, at = (counts[0]! * stride) % size; step < Math.min(looked, size) && count < most; step++) {
        take(at)
        at = at + 1 === size ? 0 : at + 1
      }
      return count
    },
    exchanged(a, b) {
      for (const column of [lists, users, known, orders]) {
        column.reserve(Math.max(a, b) + 1)
        swapRows(column.data, 1, a, b)
      }
      for (let k = 0; k < newestKept; k++) newest[k] = newest[k] === a ? b : newest[k] === b ? a : newest[k]!
      room(Math.max(a, b))
    },
    reset(item) {
      columns.reset(item)
      room(item)
      for (let k = 0; k < newestKept; k++) if (newest[k] === item) newest[k] = -1
    },
    save: items => ({ ...prefixed('items', columns.save(items)), newest: newest.slice(), counts: counts.slice() }),
    restore(arrays) {
      columns.restore(withPrefix('items', arrays))
      newest.set(arrays['newest'] as Int32Array)
      counts.set(arrays['counts'] as Float64Array)
      taken.reserve(counts[1]!)
      taken.data.fill(-1)
    },
  }
}

const fewUsers = 5
const fewLists = 50
const newestKept = 64
/** Slots looked at for a list, and by how many the next list begins further on: a prime, so that each slot has its turn. */
const looked = 64
const stride = 10_007
