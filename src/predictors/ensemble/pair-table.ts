import type { SavedArrays } from '../../state/saved-arrays.ts'

/**
 * Sums over the users that two items share, for at most `capacity` pairs: an open-addressed table that grows by need.
 *
 *     const at = pairs.admit(a, versionOfA, b, versionOfB)
 *     pairs.add(at, a < b, residualOfA, residualOfB)
 *
 * A pair stands within eight places of its hash. Once the table is as large as it may be and all eight are taken, the
 * pair that fewest users share gives way, one whose item is gone before all others. 32 bytes a pair, and one that says
 * whether a pair that belongs there weighs anything: most do not, and need not be searched for to be weighed.
 */
export interface PairTable {
  /** Pairs held, and places there are. */
  readonly held: number
  readonly places: number
  /**
   * Read where an item's pairs with the `count` others from `from` on begin, before each is looked for: memory answers many
   * reads at once. What was read goes into the front of `into`, which needs no looking at.
   */
  readAhead(item: number, others: Int32Array, from: number, count: number, into: Int32Array): void
  /**
   * Which of an item's pairs with the `count` others from `from` on weigh anything: their numbers from 0 into the front of
   * `at`, in order, and what they weigh into that of `weights`; returns how many.
   *
   *     const n = pairs.weigh(item, version, others, versions, from, count, at, weights)
   *     for (let k = 0; k < n; k++) sum += weights[k] * residuals[from + at[k]]
   */
  weigh(
    item: number,
    version: number,
    others: Int32Array,
    versions: Int32Array,
    from: number,
    count: number,
    at: Int32Array,
    weights: Float64Array,
  ): number
  /** The place of a pair, −1 if it is not held. The order of the two does not matter. */
  find(a: number, versionOfA: number, b: number, versionOfB: number): number
  /** The place of a pair, which is given one if it has none. */
  admit(a: number, versionOfA: number, b: number, versionOfB: number): number
  /** One more user who shares the pair; residuals in the order of the slots. */
  add(place: number, ofLower: number, ofHigher: number): void
  count(place: number): number
  /** Σ eᵢeⱼ / √(Σ eᵢ²·Σ eⱼ²) over the users that share the pair. */
  correlation(place: number): number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Words of an entry: slots and versions of both items (lower slot first), Σ eᵢeⱼ, Σ eᵢ², Σ eⱼ², users. */
const words = 8
const reach = 8

export function pairTable(options: {
  capacity: number
  live: (slot: number, version: number) => boolean
  /** What a pair weighs, from the users that share it and their correlation; 0 of no users. */
  weight: (users: number, correlation: number) => number
}): PairTable {
  const largest = 2 ** Math.max(3, Math.ceil(Math.log2(options.capacity)))
  let places = Math.min(1024, largest)
  let held = 0
  let ids = new Int32Array(places * words)
  let sums = new Float32Array(ids.buffer)
  /** Pairs that weigh something, by the first of their places; what has reached 255 is not counted down any more. */
  let weighty = new Uint8Array(places)

  const hash = (a: number, b: number): number => {
    let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35)
    return (h ^ (h >>> 13)) & (places - 1)
  }
  const matches = (at: number, lower: number, lowerVersion: number, higher: number, higherVersion: number) =>
    ids[at] === lower && ids[at + 1] === higher && ids[at + 2] === lowerVersion && ids[at + 3] === higherVersion

  /** Where a pair stands, else −1 − where it may be put (which is taken, if all of its places are). */
  const locate = (lower: number, lowerVersion: number, higher: number, higherVersion: number): number => {
    const home = hash(lower, higher)
    let weakest = -1
    let fewest = Number.POSITIVE_INFINITY
    for (let step = 0; step < reach; step++) {
      const at = ((home + step) & (places - 1)) * words
      const users = sums[at + 7]!
      if (users === 0) return -1 - at
      if (matches(at, lower, lowerVersion, higher, higherVersion)) return at
      if (users < fewest) {
        fewest = users
        weakest = at
      }
    }
    return -1 - weakest
  }
  /** Of a pair's places, all taken: one whose item is gone, else the given one. */
  const yielding = (lower: number, higher: number, weakest: number): number => {
    const home = hash(lower, higher)
    for (let step = 0; step < reach; step++) {
      const at = ((home + step) & (places - 1)) * words
      if (!options.live(ids[at]!, ids[at + 2]!) || !options.live(ids[at + 1]!, ids[at + 3]!)) return at
    }
    return weakest
  }

  const correlation = (at: number): number => sums[at + 4]! / Math.sqrt(sums[at + 5]! * sums[at + 6]! + 1e-9)
  const weightOf = (at: number): number => options.weight(sums[at + 7]!, correlation(at))
  const countWeighty = (at: number, by: number) => {
    const home = hash(ids[at]!, ids[at + 1]!)
    if (weighty[home]! < 255) weighty[home]! += by
  }
  const countAllWeighty = () => {
    weighty = new Uint8Array(places)
    for (let at = 0; at < ids.length; at += words) if (weightOf(at) > 0) countWeighty(at, 1)
  }

  /** Twice the places, every pair at its new one; pairs that crowd each other out there give way as they always do. */
  const grow = () => {
    const old = ids
    places *= 2
    ids = new Int32Array(places * words)
    sums = new Float32Array(ids.buffer)
    held = 0
    for (let from = 0; from < old.length; from += words) {
      if (old[from + 7] === 0) continue
      const found = locate(old[from]!, old[from + 2]!, old[from + 1]!, old[from + 3]!)
      const at = -1 - found
      if (sums[at + 7] === 0) held += 1
      for (let k = 0; k < words; k++) ids[at + k] = old[from + k]!
    }
    countAllWeighty()
  }

  const admitOrdered = (lower: number, lowerVersion: number, higher: number, higherVersion: number): number => {
    const found = locate(lower, lowerVersion, higher, higherVersion)
    if (found >= 0) return found
    let at = -1 - found
    if (sums[at + 7] !== 0) {
      if (places < largest) {
        grow()
        return admitOrdered(lower, lowerVersion, higher, higherVersion)
      }
      at = yielding(lower, higher, at)
      if (weightOf(at) > 0) countWeighty(at, -1)
    } else {
      if (held + 1 > 0.7 * places && places < largest) {
        grow()
        return admitOrdered(lower, lowerVersion, higher, higherVersion)
      }
      held += 1
    }
    ids[at] = lower
    ids[at + 1] = higher
    ids[at + 2] = lowerVersion
    ids[at + 3] = higherVersion
    for (let k = 4; k < words; k++) sums[at + k] = 0
    return at
  }

  return {
    get held() {
      return held
    },
    get places() {
      return places
    },
    readAhead(item, others, from, count, into) {
      for (let k = 0; k < count; k++) {
        const other = others[from + k]!
        into[k] = ids[(item < other ? hash(item, other) : hash(other, item)) * words]!
      }
    },
    weigh(item, version, others, versions, from, count, at, weights) {
      let some = 0
      for (let k = 0; k < count; k++) {
        const other = others[from + k]!
        const home = item < other ? hash(item, other) : hash(other, item)
        if (weighty[home] === 0) continue
        // Read ahead, too.
        weights[some] = ids[home * words]!
        at[some++] = k
      }
      let weighed = 0
      for (let n = 0; n < some; n++) {
        const k = at[n]!
        const other = others[from + k]!
        const versionOfOther = versions[from + k]!
        const place =
          item < other ? locate(item, version, other, versionOfOther) : locate(other, versionOfOther, item, version)
        const weight = place < 0 ? 0 : weightOf(place)
        if (weight === 0) continue
        weights[weighed] = weight
        at[weighed++] = k
      }
      return weighed
    },
    find(a, versionOfA, b, versionOfB) {
      const at = a < b ? locate(a, versionOfA, b, versionOfB) : locate(b, versionOfB, a, versionOfA)
      return at < 0 ? -1 : at
    },
    admit: (a, versionOfA, b, versionOfB) =>
      a < b ? admitOrdered(a, versionOfA, b, versionOfB) : admitOrdered(b, versionOfB, a, versionOfA),
    add(place, ofLower, ofHigher) {
      const before = weightOf(place) > 0
      sums[place + 4]! += ofLower * ofHigher
      sums[place + 5]! += ofLower * ofLower
      sums[place + 6]! += ofHigher * ofHigher
      sums[place + 7]! += 1
      const after = weightOf(place) > 0
      if (after !== before) countWeighty(place, after ? 1 : -1)
    },
    count: place => sums[place + 7]!,
    correlation,
    save: () => ({ entries: ids }),
    restore(arrays) {
      ids = (arrays['entries'] as Int32Array).slice()
      sums = new Float32Array(ids.buffer)
      places = ids.length / words
      held = 0
      for (let at = 7; at < sums.length; at += words) if (sums[at]! > 0) held += 1
      countAllWeighty()
    },
  }
}
