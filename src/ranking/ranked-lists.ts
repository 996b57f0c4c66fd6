import { givenAway, type SavedArrays } from '../state/saved-arrays.ts'
import { itemTags } from './item-tags.ts'

/** Lists as they were ranked, each kept until it is known what its user went for: from that the ranker learns. */
export interface RankedLists {
  /** A list was made for a user at an event time (ms); it takes the place of the one before. */
  keep(user: number, time: number, list: Ranked): void
  /**
   * A user went for an item, which was worth so much; what was ranked, if it is to be learned from, else null.
   *
   * A list is learned from once for an item, and once more where the item was the target then; and no user's lists twice in
   * a row for one item. What is returned is overwritten by the next call.
   */
  picked(user: number, item: number, time: number, worth: number): Picked | null
  /** What stands for a user is nobody's any more. */
  resetUser(user: number): void
  /** The slot passes to another item. */
  resetItem(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Candidates as they were ranked. */
export interface Ranked {
  candidates: ArrayLike<number>
  count: number
  /** [count, width], one row each. */
  features: Float64Array
  /** The kind of situation that the user was in. */
  context: number
}

/** What was ranked, the place in it of what the user went for, and what that counts. */
export interface Picked extends Omit<Ranked, 'candidates'> {
  place: number
  weight: number
}

interface Kept extends Omit<Ranked, 'candidates' | 'features'> {
  user: number
  time: number
  /** Tags of the candidates, [count]. */
  tags: Int32Array
  /** [count, width]. */
  features: Float32Array
  /** What was learned of each candidate: 1 a step, 2 a target, [count]. */
  learned: Uint8Array
  /** Tag of the item that was learned last from the user's lists, and as what; 0 for none. */
  last: number
  lastAs: number
}

/**
 * The ranker learns from what it was asked: lists stand for an hour or a day, and what is picked the moment after an event
 * is something else than what is picked from the list that stands.
 *
 *     const lists = rankedLists(features.names.length)
 *     lists.keep(user, time, { candidates, count, features, context })
 *     lists.picked(user, candidates[3], later, 1)   // { place: 3, weight: 1, … }
 *
 * Of all lists but the first two thousand one in four is kept. They hold 4 MB of features; while that is full, a list is
 * kept only where the oldest has stood for half an hour. Where
 * purchases are two of a hundred events, all steps towards them count half of what they do: each by its worth, the share
 * of such steps that a target follows.
 */
export function rankedLists(width: number, room = 1 << 20): RankedLists {
  const tags = itemTags()
  /** By user, in the order of keeping. */
  const kept = new Map<number, Kept>()
  let held = 0
  // Targets, steps, and what the steps were worth in all, of those that were learned from; and the lists.
  const state = new Float64Array(4)
  let features = new Float64Array(0)

  const emptyRows = (count: number) => ({
    tags: new Int32Array(count),
    features: new Float32Array(count * width),
    learned: new Uint8Array(count),
  })
  const drop = (user: number): void => {
    const old = kept.get(user)
    if (old === undefined) return
    held -= old.features.length
    kept.delete(user)
  }
  const put = (list: Kept): void => {
    held += list.features.length
    kept.set(list.user, list)
  }
  const weightOf = (worth: number): number => {
    if (worth >= 1) {
      state[0]! += 1
      return 1
    }
    state[1]! += 1
    state[2]! += worth
    const [targets, steps, sum] = [state[0]!, state[1]!, state[2]!]
    const share = targets === 0 ? 1 : Math.min(1, (0.5 * targets) / steps)
    return share * Math.min(mostWorth, (worth * steps) / sum)
  }

  return {
    keep(user, time, { candidates, count, features: ranked, context }) {
      const before = kept.get(user)
      const { last, lastAs } = before ?? { last: 0, lastAs: 0 }
      drop(user)
      state[3]! += 1
      if (state[3]! > eager && state[3]! % every !== 0) return
      while (held > 0 && held + count * width > room) {
        const [oldest] = kept.values()
        if (time - oldest!.time < patience) return
        drop(oldest!.user)
      }
      // Mostly there are as many candidates as the last time, so that nothing is made.
      const { tags: noted, features: rows, learned } = before?.count === count ? before : emptyRows(count)
      for (let c = 0; c < count; c++) noted[c] = tags.tag(candidates[c]!)
      for (let k = 0; k < count * width; k++) rows[k] = ranked[k]!
      learned.fill(0)
      put({ ...{ user, time, count, context, last, lastAs }, tags: noted, features: rows, learned })
    },
    picked(user, item, time, worth) {
      const list = kept.get(user)
      // What is older than the list was not picked from it.
      if (list === undefined || worth <= 0 || time < list.time) return null
      const tag = tags.tag(item)
      const place = list.tags.indexOf(tag)
      const as = worth >= 1 ? 2 : 1
      if (place < 0 || (list.learned[place]! & as) !== 0 || (list.last === tag && as <= list.lastAs)) return null
      list.learned[place]! |= as
      list.last = tag
      list.lastAs = as
      if (features.length < list.features.length) features = new Float64Array(2 * list.features.length)
      features.set(list.features)
      return { features, count: list.count, context: list.context, place, weight: weightOf(worth) }
    },
    resetUser: drop,
    resetItem: tags.reset,
    save(items) {
      const lists = [...kept.values()]
      const all = <A extends Int32Array | Float32Array | Uint8Array>(into: A, of: (list: Kept) => A): A => {
        let at = 0
        for (const list of lists) {
          into.set(of(list), at)
          at += of(list).length
        }
        return into
      }
      const candidates = lists.reduce((sum, { count }) => sum + count, 0)
      return givenAway({
        users: Int32Array.from(lists, ({ user }) => user),
        times: Float64Array.from(lists, ({ time }) => time),
        counts: Int32Array.from(lists, ({ count }) => count),
        contexts: Int32Array.from(lists, ({ context }) => context),
        lasts: Int32Array.from(lists, ({ last }) => last),
        lastsAs: Int32Array.from(lists, ({ lastAs }) => lastAs),
        tags: all(new Int32Array(candidates), list => list.tags),
        features: all(new Float32Array(candidates * width), list => list.features),
        learned: all(new Uint8Array(candidates), list => list.learned),
        state: state.slice(),
        generation: tags.save(items)['generation']!.slice(),
      })
    },
    restore(arrays) {
      const saved = arrays as unknown as Saved
      tags.restore({ generation: saved.generation })
      state.set(saved.state)
      kept.clear()
      held = 0
      let at = 0
      for (const [k, user] of saved.users.entries()) {
        const count = saved.counts[k]!
        put({
          ...{ user, time: saved.times[k]!, count, context: saved.contexts[k]! },
          ...{ last: saved.lasts[k]!, lastAs: saved.lastsAs[k]! },
          tags: saved.tags.slice(at, at + count),
          features: saved.features.slice(at * width, (at + count) * width),
          learned: saved.learned.slice(at, at + count),
        })
        at += count
      }
    },
  }
}

interface Saved {
  users: Int32Array
  times: Float64Array
  counts: Int32Array
  contexts: Int32Array
  lasts: Int32Array
  lastsAs: Int32Array
  tags: Int32Array
  features: Float32Array
  learned: Uint8Array
  state: Float64Array
  generation: Uint8Array
}

/** Lists that are all kept, and of the rest one in so many. */
const [eager, every] = [2_000, 4]
/** A list that has stood for so long may make room for another, ms. */
const patience = 1_800_000
/** A step may count as much as so many of the usual ones. */
const mostWorth = 4
