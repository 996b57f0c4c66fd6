import type { SavedArrays } from '../../../state/saved-arrays.ts'

/**
 * Two numbers for each of at most `capacity` keys, in an open-addressed table that grows by need.
 *
 *     const at = table.admit(key)
 *     table.first[at] += reward
 *     table.second[at] += 1
 *
 * A key (a 32-bit integer but 0) stands within eight places of where it hashes to. When the table is as large as it may
 * be and all eight are taken, the key with the least `second` gives way; so `second` should say how much is known of it.
 * Twelve bytes a place.
 */
export interface KeyTable {
  readonly held: number
  readonly places: number
  /** Arrays are replaced when the table grows; a place holds until the next `admit`. */
  readonly keys: Int32Array
  readonly first: Float32Array
  readonly second: Float32Array
  /** The place of a key, −1 if it is not held. */
  find(key: number): number
  /** The place of a key, which is given one, with two zeros, if it has none. */
  admit(key: number): number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

const reach = 8

export function keyTable({ capacity }: { capacity: number }): KeyTable {
  const largest = 2 ** Math.max(3, Math.ceil(Math.log2(capacity)))
  let places = Math.min(1024, largest)
  let held = 0
  let keys = new Int32Array(places)
  let first = new Float32Array(places)
  let second = new Float32Array(places)

  const find = (key: number): number => {
    const mask = places - 1
    for (let step = 0, at = key & mask; step < reach; step++, at = (at + 1) & mask) {
      const there = keys[at]!
      if (there === key) return at
      if (there === 0) return -1
    }
    return -1
  }
  const take = (at: number, key: number): number => {
    keys[at] = key
    first[at] = 0
    second[at] = 0
    return at
  }
  const admit = (key: number): number => {
    const mask = places - 1
    let weakest = -1
    for (let step = 0, at = key & mask; step < reach; step++, at = (at + 1) & mask) {
      const there = keys[at]!
      if (there === key) return at
      if (there === 0) {
        if (held > 0.6 * places && places < largest) break
        held += 1
        return take(at, key)
      }
      if (weakest < 0 || second[at]! < second[weakest]!) weakest = at
    }
    if (places === largest) return take(weakest, key)
    grow()
    return admit(key)
  }
  /** Twice the places; of keys that crowd each other out there the least known give way, as they always do. */
  const grow = () => {
    const [oldKeys, oldFirst, oldSecond] = [keys, first, second]
    places *= 2
    held = 0
    keys = new Int32Array(places)
    first = new Float32Array(places)
    second = new Float32Array(places)
    for (let from = 0; from < oldKeys.length; from++) {
      if (oldKeys[from] === 0) continue
      const at = admit(oldKeys[from]!)
      first[at] = oldFirst[from]!
      second[at] = oldSecond[from]!
    }
  }

  return {
    get held() {
      return held
    },
    get places() {
      return places
    },
    get keys() {
      return keys
    },
    get first() {
      return first
    },
    get second() {
      return second
    },
    find,
    admit,
    save() {
      const taken = new Int32Array(held)
      for (let at = 0, n = 0; at < places; at++) if (keys[at] !== 0) taken[n++] = at
      return {
        size: Int32Array.of(places),
        taken,
        keys: Int32Array.from(taken, at => keys[at]!),
        first: Float32Array.from(taken, at => first[at]!),
        second: Float32Array.from(taken, at => second[at]!),
      }
    },
    restore(arrays) {
      places = (arrays['size'] as Int32Array)[0]!
      keys = new Int32Array(places)
      first = new Float32Array(places)
      second = new Float32Array(places)
      const taken = arrays['taken'] as Int32Array
      held = taken.length
      for (let n = 0; n < held; n++) {
        keys[taken[n]!] = (arrays['keys'] as Int32Array)[n]!
        first[taken[n]!] = (arrays['first'] as Float32Array)[n]!
        second[taken[n]!] = (arrays['second'] as Float32Array)[n]!
      }
    },
  }
}

/** A key for a kind of thing and up to two 32-bit integers that say which. */
export function keyOf(kind: number, a: number, b: number): number {
  let x = Math.imul(a, 0x9e3779b1) ^ Math.imul(b ^ (b >>> 15), 0x85ebca6b) ^ Math.imul(kind + 1, 0xc2b2ae35)
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d)
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b)
  x ^= x >>> 16
  return x === 0 ? 1 : x
}
