import type { SavedArrays } from '../state/saved-arrays.ts'
import { intColumn } from '../state/slot-column.ts'

/** The items with the highest scores, best first, kept up to date as scores change. */
export interface TopList {
  readonly size: number
  at(place: number): number
  /** This item's score has changed. */
  changed(item: number): void
  /** The slot passes to another item. */
  reset(item: number): void
  save(): SavedArrays
  /** Take over what `save` gave, for slots 0 … items − 1. */
  restore(arrays: SavedArrays, items: number): void
}

/**
 * The best `capacity` items without ever sorting all of them.
 *
 * Exact as long as scores only rise relative to each other, item by item; after one fell or a slot was reset, an item
 * outside the list comes in when its score next changes.
 */
export function topList(capacity: number, score: (item: number) => number): TopList {
  const items = new Int32Array(capacity)
  const places = intColumn(1, -1)
  let size = 0

  const put = (place: number, item: number) => {
    items[place] = item
    places.data[item] = place
  }

  return {
    get size() {
      return size
    },
    at: place => items[place]!,
    changed(item) {
      let place = places.data[item]!
      const value = score(item)
      if (place < 0) {
        if (size < capacity) place = size++
        else if (value > score(items[size - 1]!)) {
          place = size - 1
          places.data[items[place]!] = -1
        } else return
      }
      while (place > 0 && score(items[place - 1]!) < value) {
        put(place, items[place - 1]!)
        place -= 1
      }
      while (place < size - 1 && score(items[place + 1]!) > value) {
        put(place, items[place + 1]!)
        place += 1
      }
      put(place, item)
    },
    reset(item) {
      places.reserve(item + 1)
      const place = places.data[item]!
      places.data[item] = -1
      if (place < 0) return
      size -= 1
      for (let k = place; k < size; k++) put(k, items[k + 1]!)
    },
    save: () => ({ items: items.slice(0, size) }),
    restore(arrays, slots) {
      const saved = arrays['items'] as Int32Array
      size = Math.min(saved.length, capacity)
      places.reserve(slots)
      places.data.fill(-1)
      for (let k = 0; k < size; k++) put(k, saved[k]!)
    },
  }
}
