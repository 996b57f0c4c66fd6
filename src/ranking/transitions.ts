import type { SavedArrays } from '../state/saved-arrays.ts'
import { intColumn } from '../state/slot-column.ts'
import { fadingClock } from './fading-clock.ts'
import type { ItemTags } from './item-tags.ts'
import { rowPool } from './row-pool.ts'

/** Which items come soon after which, counted with weights; a bounded number of them for each item. */
export interface Transitions {
  /**
   * A user came to `item` after `before`, the items before it, nearest first (−1: forgotten), of which there are `count`.
   *
   * `share` is how much of a person that counts; below 0 it takes away, and never more than there is. `room` [count + 1] is
   * how much the person may still say of what goes with each of them, and with the item at last: what is said is taken off.
   * Without it nothing is bounded.
   */
  learn(before: Int32Array, count: number, item: number, hours: number, share: number, room?: Float64Array): void
  /** The same for what the user had come to later already, when `item` became known. */
  learnBackwards(
    after: Int32Array,
    count: number,
    item: number,
    hours: number,
    share: number,
    room?: Float64Array,
  ): void
  /** Places of what goes with an item: `from` to `to` in `items` and, `channels` for each, in `weights`. */
  from(item: number): number
  to(item: number): number
  /** Tags of the items, and the tag of an item now. */
  readonly items: Int32Array
  tag(item: number): number
  /** Both directions, forward, both directions of late, and by how many people it followed; all but the last to be scaled. */
  readonly weights: Float32Array
  /** What the first two weights, and that of late, are to be multiplied by to be as of now. */
  readonly scale: number
  readonly latelyScale: number
  /** The slot passes to another item. */
  reset(item: number): void
  save(items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface TransitionOptions {
  /** Items kept for each. */
  width: number
  /** How far back an event counts, items, and how much less with every item in between. */
  reach: number
  fade: number
  /** What an event counts backwards, from the later item to the earlier one. */
  back: number
  /** Hours of event time after which what was counted counts half, and what was counted of late. */
  halfLife: number
  latelyHalfLife: number
}

/** Reach, fade and back did best at next items and at events held out of MovieLens 100K, far from those that are reported. */
const transitionDefaults = { width: 128, reach: 30, fade: 0.9, back: 0.7 }

/**
 * Transition counts at distance h: C[q, y] += s·.9^h and C[y, q] += s·.7·.9^h over the user's last 30 items, for a person's
 * share s, all fading by event time.
 *
 * Where an item's places are all taken, a newcomer takes its weight off the lightest one, or its place once that is
 * lighter than the newcomer (after Misra and Gries 1982): what is frequent stays, and no weight is above the true one.
 */
export function transitions(
  tags: ItemTags,
  given: Partial<TransitionOptions> & Pick<TransitionOptions, 'halfLife' | 'latelyHalfLife'>,
): Transitions {
  const { width, reach, fade, back, halfLife, latelyHalfLife } = { ...transitionDefaults, ...given }
  const pool = rowPool(width, channels)
  const starts = intColumn(1, -1)
  const sizes = intColumn()
  const clock = fadingClock([halfLife, latelyHalfLife], limit)
  const looked = Float64Array.of(0) // place looked at last
  // Weights of the event at hand, and whether it is a person's first.
  let [slowly, lately, first] = [1, 1, 0]

  const add = (before: number, next: number, both: number, forward: number): void => {
    const tag = tags.tag(next)
    const start = starts.data[before]!
    const size = sizes.data[before]!
    const end = start + size
    const noted = pool.tags // a local of its own: this is the busiest loop of all
    let place = start
    // Four at a time, then whichever of them it is.
    while (place + 3 < end) {
      if (noted[place] === tag || noted[place + 1] === tag) break
      if (noted[place + 2] === tag || noted[place + 3] === tag) break
      place += 4
    }
    while (place < end && noted[place] !== tag) place += 1
    if (place === end) {
      if (both < 0) return
      place = size < width ? grown(before, start, size) : replaced(start, end, both * slowly)
      if (place < 0) return
      pool.tags[place] = tag
      pool.values.fill(0, channels * place, channels * (place + 1))
    }
    const { values } = pool
    const at = channels * place
    values[at] = Math.max(0, values[at]! + both * slowly)
    values[at + 1] = Math.max(0, values[at + 1]! + forward * slowly)
    values[at + 2] = Math.max(0, values[at + 2]! + both * lately)
    if (forward > 0) values[at + 3]! += first
  }

  /** A new place at the end of a row. */
  const grown = (before: number, start: number, size: number): number => {
    const moved = pool.grow(start, size)
    starts.data[before] = moved
    sizes.data[before] = size + 1
    return moved + size
  }

  /** The place of a full row that a newcomer takes, or −1 if it takes none. */
  const replaced = (start: number, end: number, weight: number): number => {
    const { values } = pool
    // One place after the other is looked at for an item that was forgotten.
    looked[0] = (looked[0]! + 1) % width
    if (tags.slot(pool.tags[start + looked[0]!]!) < 0) return start + looked[0]!
    let least = start
    let lightest = values[channels * start]!
    for (let place = start + 1, at = channels * place; place < end; place++, at += channels) {
      if (values[at]! < lightest) {
        lightest = values[at]!
        least = place
      }
    }
    if (lightest <= weight) return least
    const kept = 1 - weight / lightest
    for (let k = channels * least; k < channels * (least + 1); k++) values[k]! *= kept
    return -1
  }

  const begin = (hours: number, share: number): void => {
    clock.advance(hours)
    if (clock.full) {
      const [slow, late] = clock.restart()
      const { values } = pool
      for (let at = 0; at < values.length; at += channels) {
        values[at]! *= slow!
        values[at + 1]! *= slow!
        values[at + 2]! *= late!
      }
    }
    slowly = clock.weight(hours, 0)
    lately = clock.weight(hours, 1)
    first = share >= 0.5 ? 1 : 0
  }

  return {
    get items() {
      return pool.tags
    },
    get weights() {
      return pool.values
    },
    get scale() {
      return clock.fade[0]!
    },
    get latelyScale() {
      return clock.fade[1]!
    },
    tag: tags.tag,
    from: item => Math.max(0, starts.data[item]!),
    to: item => Math.max(0, starts.data[item]!) + sizes.data[item]!,
    learn(before, count, item, hours, share, room) {
      begin(hours, share)
      let weight = share
      for (let h = 0; h < Math.min(count, reach); h++, weight *= fade) {
        const earlier = before[h]!
        if (earlier < 0 || earlier === item) continue
        const said = takenOff(room, h, count, weight)
        if (said === 0) continue
        add(earlier, item, said, said)
        add(item, earlier, back * said, 0)
      }
    },
    learnBackwards(after, count, item, hours, share, room) {
      begin(hours, share)
      let weight = share
      for (let h = 0; h < Math.min(count, reach); h++, weight *= fade) {
        const later = after[h]!
        if (later < 0 || later === item) continue
        const said = takenOff(room, h, count, weight)
        if (said === 0) continue
        add(item, later, said, said)
        add(later, item, back * said, 0)
      }
    },
    reset(item) {
      starts.reserve(item + 1)
      sizes.reserve(item + 1)
      pool.free(starts.data[item]!, sizes.data[item]!)
      starts.reset(item)
      sizes.reset(item)
    },
    save: items => ({
      ...pool.save(starts.data, sizes.data, items),
      sizes: sizes.save(items),
      looked: looked.slice(),
      clock: clock.save(),
    }),
    restore(arrays) {
      sizes.restore(arrays['sizes'] as Int32Array)
      starts.restore(pool.restore(arrays, arrays['sizes'] as Int32Array))
      looked.set(arrays['looked'] as Float64Array)
      clock.restore(arrays['clock'] as Float64Array)
    },
  }
}

/** What a person may still say of a pair, at most `weight`, taken off what is left for both of its items; what takes away has no bound. */
function takenOff(room: Float64Array | undefined, one: number, other: number, weight: number): number {
  if (weight <= 0 || room === undefined) return weight
  const said = Math.min(weight, room[one]!, room[other]!)
  room[one]! -= said
  room[other]! -= said
  return said
}

/** Weights of a place. */
export const channels = 4
// Doublings far below what a 32-bit float holds, so that a weight has room to grow on.
const limit = 60
