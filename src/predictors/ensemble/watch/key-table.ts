import { givenAway, type SavedArrays } from '../../../state/saved-arrays.ts'

/**
 * `width` numbers for each of at most `capacity` keys, in an open-addressed table that grows by need.
 *
 *     const at = 2 * table.admit(key)
 *     table.values[at] += reward
 *     table.values[at + 1] += 1
 *
 * A key (a 32-bit integer but 0) stands within eight places of where it hashes to. When the table is as large as it may
 * be and all eight are taken, the key whose last number is least gives way; so that should say how much is known of it.
 * 4 + 4 · width bytes a place.
 */
export interface KeyTable {
  readonly width: number
  readonly held: number
  readonly places: number
  /** Arrays are replaced when the table grows; a place holds until the next `admit`. */
  readonly keys: Int32Array
  /** The numbers of a key at place p, from p · width on. */
  readonly values: Float32Array
  /** The place of a key, −1 if it is not held. */
  find(key: number): number
  /** The place of a key, which is given one, with zeros, if it has none. */
  admit(key: number): number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

const reach = 8

export function keyTable({ capacity, width = 2 }: { capacity: number; width?: number }): KeyTable {
  const largest = 2 ** Math.max(3, Math.ceil(Math.log2(capacity)))
  let places = Math.min(1024, largest)
  let held = 0
  let keys = new Int32Array(places)
  let values = new Float32Array(places * width)

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
    for (let k = at * width; k < (at + 1) * width; k++) values[k] = 0
    return at
  }
  const evidence = (at: number): number => values[at * width + width - 1]!
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
      if (weakest < 0 || evidence(at) < evidence(weakest)) weakest = at
    }
    if (places === largest) return take(weakest, key)
    grow()
    return admit(key)
  }
  /** Twice the places; of keys that crowd each other out there the least known give way, as they always do. */
  const grow = () => {
    const [oldKeys, oldValues] = [keys, values]
    places *= 2
    held = 0
    keys = new Int32Array(places)
    values = new Float32Array(places * width)
    for (let from = 0; from < oldKeys.length; from++) {
      if (oldKeys[from] === 0) continue
      const at = admit(oldKeys[from]!)
      for (let k = 0; k < width; k++) values[at * width + k] = oldValues[from * width + k]!
    }
  }

  return {
    width,
    get held() {
      return held
    },
    get places() {
      return places
    },
    get keys() {
      return keys
    },
    get values() {
      return values
    },
    find,
    admit,
    save() {
      const [taken, ownKeys, kept] = [new Int32Array(held), new Int32Array(held), new Float32Array(held * width)]
      // Read once, in order: a checkpoint waits for it.
      for (let at = 0, n = 0; at < places; at++) {
        const key = keys[at]!
        if (key === 0) continue
        taken[n] = at
        ownKeys[n] = key
        for (let k = 0; k < width; k++) kept[n * width + k] = values[at * width + k]!
        n += 1
      }
      return givenAway({ size: Int32Array.of(places), taken, keys: ownKeys, values: kept })
    },
    restore(arrays) {
      places = (arrays['size'] as Int32Array)[0]!
      keys = new Int32Array(places)
      values = new Float32Array(places * width)
      const taken = arrays['taken'] as Int32Array
      const kept = arrays['values'] as Float32Array
      held = taken.length
      for (let n = 0; n < held; n++) {
        keys[taken[n]!] = (arrays['keys'] as Int32Array)[n]!
        for (let k = 0; k < width; k++) values[taken[n]! * width + k] = kept[n * width + k]!
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
