import { byteColumn, doubleColumn } from '../state/slot-column.ts'

/** Items by falling score, those of one score by rising slot; the first `above` have one above 0, the others up to `size` below it. */
export interface Ordered {
  readonly items: Int32Array
  readonly above: number
  readonly size: number
}

/** The items whose score is not 0, in order, kept up to date as scores change one by one; items are slots. */
export interface ScoreOrder {
  /** An item's score has changed, or may have. */
  changed(item: number): void
  /** So may all scores of slots 0 … items − 1; others are 0. */
  restart(items: number): void
  /** The order as it is now; good until something changes. */
  settled(): Ordered
}

/** Where more than this share of the items changed, sorting all of them is cheaper than moving each. */
const fewOf = 1 / 16

/**
 * Moves what changed to its place when somebody asks, so that a change costs next to nothing and an answer little.
 *
 *     const order = scoreOrder(item => scores[item]!)
 *     order.changed(7)
 *     const { items, above } = order.settled()
 *     items.subarray(0, above)   // those that are wanted, most first
 */
export function scoreOrder(score: (item: number) => number): ScoreOrder {
  let items = new Int32Array(64)
  /** The scores of these, by place, and of each item in the order by slot: what `score` said when the item was put there. */
  let keys = new Float64Array(64)
  const keyOf = doubleColumn()
  let size = 0
  let above = 0
  const isStale = byteColumn()
  let stale: number[] = []
  /** Slots to sort anew; −1: none but the stale ones. */
  let anew = -1

  /** Where an item of this score stands, or would. */
  const placeOf = (item: number, key: number): number => {
    let [from, to] = [0, size]
    while (from < to) {
      const middle = (from + to) >> 1
      const other = keys[middle]!
      if (other > key || (other === key && items[middle]! < item)) from = middle + 1
      else to = middle
    }
    return from
  }
  const take = (item: number): void => {
    const key = keyOf.data[item]!
    if (key === 0) return
    const place = placeOf(item, key)
    items.copyWithin(place, place + 1, size)
    keys.copyWithin(place, place + 1, size)
    size -= 1
    if (key > 0) above -= 1
  }
  const put = (item: number): void => {
    const key = score(item)
    keyOf.data[item] = key
    if (key === 0) return
    grow(size + 1)
    const place = placeOf(item, key)
    items.copyWithin(place + 1, place, size)
    keys.copyWithin(place + 1, place, size)
    items[place] = item
    keys[place] = key
    size += 1
    if (key > 0) above += 1
  }
  const grow = (least: number): void => {
    if (least <= items.length) return
    const [oldItems, oldKeys] = [items, keys]
    items = new Int32Array(2 * least)
    keys = new Float64Array(2 * least)
    items.set(oldItems)
    keys.set(oldKeys)
  }
  const sortAll = (slots: number): void => {
    grow(slots)
    keyOf.reserve(slots)
    size = 0
    above = 0
    for (let item = 0; item < slots; item++) {
      const key = score(item)
      keyOf.data[item] = key
      if (key > 0) above += 1
      if (key !== 0) items[size++] = item
    }
    items.subarray(0, size).sort((a, b) => keyOf.data[b]! - keyOf.data[a]! || a - b)
    for (let place = 0; place < size; place++) keys[place] = keyOf.data[items[place]!]!
  }

  return {
    changed(item) {
      isStale.reserve(item + 1)
      if (isStale.data[item] === 1) return
      isStale.data[item] = 1
      stale.push(item)
    },
    restart(slots) {
      anew = Math.max(slots, anew)
    },
    settled() {
      const slots = Math.max(anew, keyOf.data.length, isStale.data.length)
      if (anew >= 0 || stale.length > 64 + fewOf * size) sortAll(slots)
      else {
        keyOf.reserve(slots)
        for (const item of stale) take(item)
        for (const item of stale) put(item)
      }
      for (const item of stale) isStale.data[item] = 0
      stale = []
      anew = -1
      return { items, above, size }
    },
  }
}
