import type { SavedArrays } from '../state/saved-arrays.ts'
import { intColumn } from '../state/slot-column.ts'
import type { OnlineRanker } from './online-ranker.ts'
import type { CandidateRequest, SourceShare } from './sources/candidate-source.ts'
import { followers } from './sources/followers.ts'
import { neighbourSource } from './sources/neighbour-source.ts'
import { otherItems } from './sources/other-items.ts'
import { ownSource } from './sources/own-source.ts'
import { topList } from './top-list.ts'

/** Finds the items that are worth ranking for a user. */
export interface Candidates {
  /** The items found last, of which the first `gather(…)` count. */
  readonly found: Int32Array
  /** Find at most `capacity` items that `allowed` lets through; returns how many. */
  gather(user: number, time: number, allowed: (item: number) => boolean): number
  /** Add items, `capacity` at most, to the `count` that were found, in place of the last others where there is no room; returns how many. */
  admit(items: readonly number[], count: number): number
  /** These items alone, `capacity` at most, as the ones found for a user; returns how many. */
  only(user: number, time: number, items: readonly number[]): number
  /** The items that people want most now, of those that `allowed` lets through, most first. */
  wanted(most: number, allowed: (item: number) => boolean): number[]
  /** How often one of the user's last items was followed by this one at most, and which; times 0 if never. */
  ledBy(user: number, item: number): { after: number; times: number }
  /** An item's popularity has changed; one that nobody wants yet is better than an empty list. */
  changed(item: number): void
  reset(item: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays, items: number): void
}

/**
 * Items of several sources, each once: the user's own where they may come back, what the `others` offer, what followed the
 * last ones, what people alike have, each up to its share, and what is popular now in all that is left. Where that
 * fills less than half of it, all items are looked at: whatever may be shown is found.
 */
export function candidates(
  ranker: OnlineRanker,
  {
    capacity,
    itemCount,
    available,
    returns,
    others = [],
  }: {
    capacity: number
    itemCount: () => number
    /** Items that may be in a list at all, by rising slot. */
    available: () => Int32Array
    returns: boolean
    others?: readonly SourceShare[]
  },
): Candidates {
  const { popularity, own } = ranker
  const top = topList(4 * capacity, popularity.rank)
  const following = followers(ranker)
  const rest = otherItems(available, popularity)
  const sources: readonly SourceShare[] = [
    ...(returns ? [{ source: ownSource(own, ranker.tags), share: 0.4 }] : []),
    ...others,
    { source: following, share: 0.5 },
    { source: neighbourSource(ranker.neighbours), share: 0.2 },
  ]
  const request: CandidateRequest = {
    ...{ user: 0, time: 0, held: 0, history: new Int32Array(own.length) },
    ...{ unwanted: new Int32Array(own.length), unwantedHeld: 0 },
    allowed: () => true,
  }
  const taken = intColumn(1, -1)
  const found = new Int32Array(capacity)
  const offered = new Int32Array(capacity)
  let turn = 0

  const begin = (user: number, time: number, allowed: (item: number) => boolean): void => {
    turn += 1
    Object.assign(request, { user, time, allowed, held: own.read(user, request.history) })
    request.unwantedHeld = own.readAgainst(user, request.unwanted)
  }

  return {
    found,
    gather(user, time, allowed) {
      begin(user, time, allowed)
      let count = 0
      for (const { source, share } of sources) {
        const room = Math.min(capacity - count, Math.ceil(share * capacity))
        const size = source.find(request, offered, room)
        for (let k = 0; k < size; k++) {
          const item = offered[k]!
          if (taken.data[item] === turn) continue
          taken.data[item] = turn
          found[count++] = item
        }
      }
      for (let place = 0; place < top.size && count < capacity; place++) {
        const item = top.at(place)
        if (taken.data[item] === turn || !allowed(item)) continue
        taken.data[item] = turn
        found[count++] = item
      }
      if (2 * count >= capacity || count === itemCount()) return count
      request.allowed = item => taken.data[item] !== turn && allowed(item)
      const size = rest.find(request, offered, capacity - count)
      found.set(offered.subarray(0, size), count)
      return count + size
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
    only(user, time, items) {
      begin(user, time, () => false)
      // Sources keep what they saw of the user, and scores go by it.
      for (const { source } of sources) source.find(request, offered, 0)
      for (const [k, item] of items.entries()) found[k] = item
      return items.length
    },
    wanted(most, allowed) {
      const { items, above } = popularity.inOrder()
      const wanted: number[] = []
      for (let place = 0; place < above && wanted.length < most; place++) {
        if (allowed(items[place]!)) wanted.push(items[place]!)
      }
      return wanted
    },
    ledBy: following.ledBy,
    changed: top.changed,
    reset(item) {
      taken.reserve(item + 1)
      taken.reset(item)
      following.reset(item)
      top.reset(item)
    },
    save: top.save,
    restore(arrays, items) {
      following.reserve(items)
      taken.reserve(items)
      top.restore(arrays, items)
    },
  }
}
