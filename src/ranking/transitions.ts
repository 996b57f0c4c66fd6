import type { SavedArrays } from '../state/saved-arrays.ts'
import { intColumn } from '../state/slot-column.ts'
import type { ItemTags } from './item-tags.ts'
import { rowPool } from './row-pool.ts'

/** Which items come soon after which, counted with weights; a bounded number of them for each item. */
export interface Transitions {
  /** `item` came after `history`, the user's last items, newest first (−1: forgotten), of which there are `count`. */
  learn(history: Int32Array, count: number, item: number): void
  /** Places of what goes with an item: `from` to `to` in `items` and, `channels` for each, in `weights`. */
  from(item: number): number
  to(item: number): number
  /** Tags of the items, and the tag of an item now. */
  readonly items: Int32Array
  tag(item: number): number
  /** Both directions, forward, both directions of late (times `latelyScale`), and how often it followed. */
  readonly weights: Float32Array
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
  /** Events after which what was counted of late counts half. */
  halfLife: number
}

/** Reach, fade and back did best at next items and at events held out of MovieLens 100K, far from those that are reported. */
const transitionDefaults: TransitionOptions = { width: 128, reach: 30, fade: 0.9, back: 0.7, halfLife: 20_000 }

/**
 * Transition counts at distance h: C[q, y] += .9^h and C[y, q] += .7·.9^h over the user's last 30 items.
 *
 * Where an item's places are all taken, a newcomer takes its weight off the lightest one, or its place once that is
 * lighter than the newcomer (after Misra and Gries 1982): what is frequent stays, and no weight is above the true one.
 */
export function transitions(tags: ItemTags, given: Partial<TransitionOptions> = {}): Transitions {
  const { width, reach, fade, back, halfLife } = { ...transitionDefaults, ...given }
  const pool = rowPool(width, channels)
  const starts = intColumn(1, -1)
  const sizes = intColumn()
  const growth = 2 ** (1 / halfLife)
  const shared = Float64Array.of(1, 0) // scale of what is counted of late, place looked at last

  const add = (before: number, next: number, both: number, forward: number, times: number): void => {
    const tag = tags.tag(next)
    const start = starts.data[before]!
    const size = sizes.data[before]!
    const end = start + size
    const noted = pool.tags // a local of its own: this is the busiest loop of all
    let place = start
    while (place < end && noted[place] !== tag) place += 1
    if (place === end) {
      place = size < width ? grown(before, start, size) : replaced(start, end, both)
      if (place < 0) return
      pool.tags[place] = tag
      pool.values.fill(0, channels * place, channels * (place + 1))
    }
    pool.values[channels * place]! += both
    pool.values[channels * place + 1]! += forward
    pool.values[channels * place + 2]! += both * shared[0]!
    pool.values[channels * place + 3]! += times
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
    shared[1] = (shared[1]! + 1) % width
    if (tags.slot(pool.tags[start + shared[1]!]!) < 0) return start + shared[1]!
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

  return {
    get items() {
      return pool.tags
    },
    get weights() {
      return pool.values
    },
    get latelyScale() {
      return shared[0]!
    },
    tag: tags.tag,
    from: item => Math.max(0, starts.data[item]!),
    to: item => Math.max(0, starts.data[item]!) + sizes.data[item]!,
    learn(history, count, item) {
      shared[0]! *= growth
      let weight = 1
      for (let h = 0; h < Math.min(count, reach); h++, weight *= fade) {
        const before = history[h]!
        if (before < 0 || before === item) continue
        add(before, item, weight, weight, 1)
        add(item, before, back * weight, 0, 0)
      }
      if (shared[0]! < limit) return
      for (let k = 2; k < pool.values.length; k += channels) pool.values[k]! /= shared[0]!
      shared[0] = 1
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
      shared: shared.slice(),
    }),
    restore(arrays) {
      sizes.restore(arrays['sizes'] as Int32Array)
      starts.restore(pool.restore(arrays, arrays['sizes'] as Int32Array))
      shared.set(arrays['shared'] as Float64Array)
    },
  }
}

/** Weights of a place. */
export const channels = 4
// Far below what a 32-bit float holds, so that a weight of late has room to grow on.
const limit = 2 ** 60
