import type { SavedArrays } from '../state/saved-arrays.ts'
import { doubleColumn, intColumn } from '../state/slot-column.ts'
import { slotMask } from './item-tags.ts'
import type { OnlineRanker } from './online-ranker.ts'
import { topList } from './top-list.ts'
import { channels } from './transitions.ts'

/** Finds the items that are worth ranking for a user. */
export interface Candidates {
  /** The items found last, of which the first `gather(…)` count. */
  readonly found: Int32Array
  /** Find at most `capacity` items that `allowed` lets through; returns how many. */
  gather(user: number, allowed: (item: number) => boolean): number
  /** Add items, `capacity` at most, to the `count` that were found, in place of the last others where there is no room; returns how many. */
  admit(items: readonly number[], count: number): number
  /** How often one of the user's last items was followed by this one at most, and which; times 0 if never. */
  ledBy(user: number, item: number): { after: number; times: number }
  /** Somebody picked this item, whose popularity may have risen; an item that nobody wants yet is better than an empty list. */
  picked(item: number): void
  reset(item: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays, items: number): void
}

/**
 * Two sources: what followed the user's last ten items, and what is popular now, which gets at least half of the room so
 * that a list is never made of co-occurring items alone.
 */
export function candidates(ranker: OnlineRanker, capacity: number): Candidates {
  const { transitions, popularity, recent } = ranker
  const top = topList(4 * capacity, popularity.rank)
  const history = new Int32Array(recent.length)
  const pull = doubleColumn()
  const taken = intColumn(1, -1)
  const found = new Int32Array(capacity)
  let touched = new Int32Array(1024)
  let turn = 0

  /** Items that followed the last ones and may be found into `touched`, with how strongly in `pull`; returns how many. */
  const follow = (held: number, allowed: (item: number) => boolean): number => {
    const { items, weights } = transitions
    const strength = pull.data
    let count = 0
    for (let h = 0, weight = 1; h < Math.min(held, reach); h++, weight *= 0.85) {
      const before = history[h]!
      if (before < 0) continue
      const scale = weight / (popularity.count(before) + 10)
      const end = transitions.to(before)
      for (let k = transitions.from(before); k < end; k++) {
        const item = items[k]! & slotMask
        if (transitions.tag(item) !== items[k]) continue
        if (strength[item] === 0 && weights[k * channels]! > 0) {
          if (count === touched.length) touched = enlarged(touched)
          touched[count++] = item
        }
        strength[item] = strength[item]! + scale * weights[k * channels]!
      }
    }
    let kept = 0
    for (let k = 0; k < count; k++) {
      const item = touched[k]!
      if (allowed(item)) touched[kept++] = item
      else strength[item] = 0
    }
    return kept
  }

  /** The pull that at most `room` of the first `count` items exceed. */
  const leastPull = (count: number, room: number): number => {
    if (count <= room) return 0
    const pulls = new Float64Array(count)
    for (let k = 0; k < count; k++) {
      const item = touched[k]!
      pull.data[item]! /= Math.cbrt(popularity.count(item) + 10)
      pulls[k] = pull.data[item]!
    }
    return pulls.sort()[count - room - 1]!
  }

  return {
    found,
    gather(user, allowed) {
      turn += 1
      const coOccurring = follow(recent.read(user, history), allowed)
      const least = leastPull(coOccurring, Math.ceil(capacity / 2))
      let count = 0
      for (let k = 0; k < coOccurring; k++) {
        const item = touched[k]!
        if (pull.data[item]! > least) {
          taken.data[item] = turn
          found[count++] = item
        }
        pull.data[item] = 0
      }
      for (let place = 0; place < top.size && count < capacity; place++) {
        const item = top.at(place)
        if (taken.data[item] !== turn && allowed(item)) found[count++] = item
      }
      return count
    },
    admit(items, count) {
      let size = count
      let last = capacity - 1
      for (const item of items) {
        if (found.subarray(0, size).includes(item)) continue
        if (size < capacity) found[size++] = item
        else {
          while (items.includes(found[last]!)) last -= 1
          found[last] = item
        }
      }
      return size
    },
    ledBy(user, item) {
      const { items, weights } = transitions
      const tag = transitions.tag(item)
      let [after, most] = [-1, 0]
      const held = Math.min(reach, recent.read(user, history))
      for (let h = 0; h < held; h++) {
        const before = history[h]!
        if (before < 0) continue
        const end = transitions.to(before)
        for (let k = transitions.from(before); k < end; k++) {
          if (items[k] !== tag) continue
          const times = weights[k * channels + 3]!
          if (times > most) [after, most] = [before, times]
          break
        }
      }
      return { after, times: Math.round(most) }
    },
    picked: top.raised,
    reset(item) {
      for (const column of [pull, taken]) {
        column.reserve(item + 1)
        column.reset(item)
      }
      top.reset(item)
    },
    save: top.save,
    restore(arrays, items) {
      pull.reserve(items)
      taken.reserve(items)
      top.restore(arrays, items)
    },
  }
}

/** How many of the user's last items lead to candidates. */
const reach = 10

function enlarged(items: Int32Array): Int32Array<ArrayBuffer> {
  const into = new Int32Array(2 * items.length)
  into.set(items)
  return into
}
