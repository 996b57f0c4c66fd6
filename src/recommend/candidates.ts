import type { SavedArrays } from '../model/saved-arrays.ts'
import { doubleColumn, intColumn } from '../model/slot-column.ts'
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
  /** Add an item to the `count` that were found, in place of the last one where there is no room; returns how many. */
  admit(item: number, count: number): number
  /** How often one of the user's last items was followed by this one at most, and which; times 0 if never. */
  ledBy(user: number, item: number): { after: number; times: number }
  /** This item was picked. */
  picked(item: number): void
  reset(item: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays, items: number): void
}

/**
 * Two sources: what followed the user's last ten items, and what is popular now, which gets at least half of the room so
 * that a list is never made of followers alone.
 */
export function candidates(ranker: OnlineRanker, capacity: number): Candidates {
  const { transitions, demand, recent } = ranker
  const top = topList(4 * capacity, demand.rank)
  const history = new Int32Array(recent.length)
  const pull = doubleColumn()
  const taken = intColumn(1, -1)
  const found = new Int32Array(capacity)
  let touched: number[] = []
  let turn = 0

  /** Items that followed the last ones into `touched`, with how strongly in `pull`. */
  const follow = (held: number): void => {
    touched = []
    for (let h = 0, weight = 1; h < Math.min(held, reach); h++, weight *= 0.85) {
      const before = history[h]!
      if (before < 0) continue
      const scale = weight / (demand.count(before) + 10)
      const { items, weights } = transitions
      for (let k = transitions.from(before); k < transitions.to(before); k++) {
        const item = items[k]! & slotMask
        if (transitions.tag(item) !== items[k]) continue
        if (pull.data[item] === 0) touched.push(item)
        pull.data[item]! += scale * weights[k * channels]!
      }
    }
    for (const item of touched) pull.data[item]! *= (demand.count(item) + 10) ** -0.3
  }

  return {
    found,
    gather(user, allowed) {
      turn += 1
      follow(recent.read(user, history))
      let count = 0
      touched.sort((a, b) => pull.data[b]! - pull.data[a]! || a - b)
      for (const item of touched) {
        pull.data[item] = 0
        if (count >= capacity / 2 || !allowed(item)) continue
        taken.data[item] = turn
        found[count++] = item
      }
      for (let place = 0; place < top.size && count < capacity; place++) {
        const item = top.at(place)
        if (taken.data[item] !== turn && allowed(item)) found[count++] = item
      }
      return count
    },
    admit(item, count) {
      const at = Math.min(count, capacity - 1)
      found[at] = item
      return at + 1
    },
    ledBy(user, item) {
      const best = { after: -1, times: 0 }
      const tag = transitions.tag(item)
      const held = Math.min(reach, recent.read(user, history))
      for (let h = 0; h < held; h++) {
        const before = history[h]!
        if (before < 0) continue
        for (let k = transitions.from(before); k < transitions.to(before); k++) {
          if (transitions.items[k] !== tag) continue
          const times = Math.round(transitions.weights[k * channels + 3]!)
          if (times > best.times) Object.assign(best, { after: before, times })
        }
      }
      return best
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
      top.restore(arrays)
    },
  }
}

/** How many of the user's last items lead to candidates. */
const reach = 10
