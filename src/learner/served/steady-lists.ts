import { count } from '../../records/words.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { columnSet, intColumn, swapRows } from '../../state/slot-column.ts'

/** Whether published lists move much more than they used to, from version to version; items are slots. */
export interface SteadyLists {
  /** A list of a user: its first items, and how many of them the list before had not; −1: there was none. */
  list(first: readonly number[], moved: number): void
  /** A version has ended; what was counted for it is judged. */
  endVersion(version: number): void
  /** The lists of the version before moved much more than usual. */
  readonly unsteady: boolean
  /** Share of the first places that other items took, of the version before; NaN before the first. */
  readonly moved: number
  /** What people should be told, each happening once. */
  notices(): string[]
  exchangedItems(a: number, b: number): void
  resetItem(slot: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface SteadyListsOptions {
  itemCount: () => number
  itemId: (slot: number) => string
  /** People who want an item, and of how many. */
  people: (item: number) => number
  users: () => number
}

/** Places of a list that are looked at. */
export const firstPlaces = 3
/** Versions that say what is usual, and from how many on; lists that a version is judged by. */
const [usual, leastVersions, leastLists] = [16, 6, 100]
/** What is much: so many standard deviations above the mean, and that share of the mean at least. */
const [deviations, rise] = [4, 0.25]
/** Share of the lists from which an item stands in many, and how many times its share of the people that is. */
const [many, times] = [0.1, 10]

/**
 * Counts, version by version, how many of the first three places of a list hold what the list before had not, and in how many
 * lists each item stands there. Versions with fewer than a hundred lists are counted together with the next.
 *
 *     steady.list([kettle, lamp, cup], 1)
 *     steady.endVersion(10_000)
 *     steady.unsteady   // true where the share is four deviations above the mean of the last 16 versions, and a quarter
 *
 * What stays becomes usual: a version that moved much is one of the sixteen, too. 4 bytes an item.
 */
export function steadyLists({ itemCount, itemId, people, users }: SteadyListsOptions): SteadyLists {
  const holding = intColumn()
  const told = intColumn()
  const columns = columnSet({ holding, told })
  const shares = new Float64Array(usual)
  // Lists, places that had one before, those that moved, versions judged, whether the last was unsteady, its share.
  const state = Float64Array.of(0, 0, 0, 0, 0, Number.NaN)
  const due: string[] = []

  const lookAtShare = (version: number, share: number): void => {
    const held = Math.min(usual, state[3]!)
    let [sum, squares] = [0, 0]
    for (let k = 0; k < held; k++) {
      sum += shares[k]!
      squares += shares[k]! ** 2
    }
    const mean = sum / held
    const deviation = Math.sqrt(Math.max(0, squares / held - mean * mean))
    const isMuch = held >= leastVersions && share > mean + Math.max(deviations * deviation, rise * mean)
    if (isMuch && state[4] === 0) {
      due.push(
        `Version ${count(version)}: ${percent(share)} of the first three places of lists changed from list to list, ${percent(mean)} usually. No other policy is promoted until that is over; recstream doctor names items that few users push.`,
      )
    }
    state[4] = isMuch ? 1 : 0
    state[5] = share
    shares[state[3]! % usual] = share
    state[3]! += 1
  }
  /** Items in many lists that few people want. */
  const lookAtItems = (version: number): void => {
    const lists = state[0]!
    const audience = Math.min(users(), lists)
    for (let item = 0; item < itemCount(); item++) {
      const share = holding.data[item]! / lists
      holding.data[item] = 0
      const few = share >= many && times * people(item) < share * audience
      if (few && told.data[item] === 0) {
        due.push(
          `Version ${count(version)}: ${JSON.stringify(itemId(item))} stands among the first three of ${percent(share)} of the lists, and few users want it. If no rule puts it there, look whose events are for it: recstream doctor.`,
        )
      }
      told.data[item] = few ? 1 : 0
    }
  }

  return {
    list(first, moved) {
      state[0]! += 1
      for (const item of first) holding.data[item]! += 1
      if (moved < 0) return
      state[1]! += first.length
      state[2]! += moved
    },
    endVersion(version) {
      if (state[0]! < leastLists) return
      if (state[1]! >= leastLists) lookAtShare(version, state[2]! / state[1]!)
      lookAtItems(version)
      state.fill(0, 0, 3)
    },
    get unsteady() {
      return state[4] === 1
    },
    get moved() {
      return state[5]!
    },
    notices: () => due.splice(0),
    exchangedItems(a, b) {
      for (const column of [holding, told]) {
        column.reserve(Math.max(a, b) + 1)
        swapRows(column.data, 1, a, b)
      }
    },
    resetItem: columns.reset,
    save: items => ({ ...prefixed('items', columns.save(items)), shares: shares.slice(), state: state.slice() }),
    restore(arrays) {
      columns.restore(withPrefix('items', arrays))
      shares.set(arrays['shares'] as Float64Array)
      state.set(arrays['state'] as Float64Array)
      due.length = 0
    },
  }
}

const percent = (share: number): string => `${Math.round(100 * share)}%`
