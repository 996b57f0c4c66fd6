import type { SavedArrays } from '../../state/saved-arrays.ts'

/**
 * Sums over the users that two items share, for at most `capacity` pairs: an open-addressed table that grows by need.
 *
 *     const at = pairs.admit(a, versionOfA, b, versionOfB)
 *     pairs.add(at, a < b, residualOfA, residualOfB)
 *
 * A pair stands within eight places of its hash. Once the table is as large as it may be and all eight are taken, the
 * pair that fewest users share gives way, one whose item is gone before all others. 32 bytes a pair; four a place, and one that
 * says whether a pair that belongs there weighs anything: most do not, and need not be searched for to be weighed.
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
/** Entries that there is room for at first. */
const firstEntries = 256

export function pairTable(options: {
  capacity: number
  live: (slot: number, version: number) => boolean
  /** What a pair weighs, from the users that share it and their correlation; 0 of no users. */
  weight: (users: number, correlation: number) => number
}): PairTable {
  const largest = 2 ** Math.max(3, Math.ceil(Math.log2(options.capacity)))
  // A place says its entry's number from 1, and above it what is left of the pair's hash, by which most others are told apart.
  const entryBits = Math.log2(largest) + 1
  const entryMask = 2 ** entryBits - 1
  let places = Math.min(1024, largest)
  let held = 0
  /** By place; 0: free. Most are, so that entries, of eight times the size, are not kept in it. */
  let index = new Int32Array(places)
  let ids = new Int32Array(firstEntries * words)
  let sums = new Float32Array(ids.buffer)
  /** Pairs that weigh something, by the first of their places; what has reached 255 is not counted down any more. */
  let weighty = new Uint8Array(places)

  const mix = (a: number, b: number): number => {
    let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35)
    return h ^ (h >>> 13)
  }
  const homeOf = (a: number, b: number): number => mix(a, b) & (places - 1)
  /** Where the entry of a place begins. */
  const entryAt = (word: number): number => ((word & entryMask) - 1) * words
  const matches = (at: number, lower: number, lowerVersion: number, higher: number, higherVersion: number) =>
    ids[at] === lower && ids[at + 1] === higher && ids[at + 2] === lowerVersion && ids[at + 3] === higherVersion

  /** Where a pair's entry begins, else −1 − the place that it may have (which is taken, if all of its places are). */
  const locate = (lower: number, lowerVersion: number, higher: number, higherVersion: number): number => {
    const hash = mix(lower, higher)
    for (let step = 0; step < reach; step++) {
      const place = (hash + step) & (places - 1)
      const word = index[place]!
      if (word === 0) return -1 - place
      if ((word ^ hash) >>> entryBits !== 0) continue
      const at = entryAt(word)
      if (matches(at, lower, lowerVersion, higher, higherVersion)) return at
    }
    return -1 - weakest(hash)
  }
  /** Of a pair's places, all taken: the first of those whose pairs fewest users share. */
  const weakest = (hash: number): number => {
    let weakest = -1
    let fewest = Number.POSITIVE_INFINITY
    for (let step = 0; step < reach; step++) {
      const place = (hash + step) & (places - 1)
      const users = sums[entryAt(index[place]!) + 7]!
      if (users < fewest) {
        fewest = users
        weakest = place
      }
    }
    return weakest
  }
  /** Of a pair's places, all taken: one whose item is gone, else the given one. */
  const yielding = (lower: number, higher: number, weakest: number): number => {
    const home = homeOf(lower, higher)
    for (let step = 0; step < reach; step++) {
      const place = (home + step) & (places - 1)
      const at = entryAt(index[place]!)
      if (!options.live(ids[at]!, ids[at + 2]!) || !options.live(ids[at + 1]!, ids[at + 3]!)) return place
    }
    return weakest
  }
  /** Have a place say where the entry of a pair begins. */
  const point = (place: number, at: number) => {
    index[place] = (mix(ids[at]!, ids[at + 1]!) & ~entryMask) | (at / words + 1)
  }

  const correlation = (at: number): number => sums[at + 4]! / Math.sqrt(sums[at + 5]! * sums[at + 6]! + 1e-9)
  const weightOf = (at: number): number => options.weight(sums[at + 7]!, correlation(at))
  const countWeighty = (at: number, by: number) => {
    const home = homeOf(ids[at]!, ids[at + 1]!)
    if (weighty[home]! < 255) weighty[home]! += by
  }
  const countAllWeighty = () => {
    weighty = new Uint8Array(places)
    for (let at = 0; at < held * words; at += words) if (weightOf(at) > 0) countWeighty(at, 1)
  }

  /** Twice the places, every pair at its new one; pairs that crowd each other out there give way as they always do. */
  const grow = () => {
    const old = index
    places *= 2
    index = new Int32Array(places)
    for (const word of old) {
      if (word === 0) continue
      const at = entryAt(word)
      point(-1 - locate(ids[at]!, ids[at + 2]!, ids[at + 1]!, ids[at + 3]!), at)
    }
    closeUp()
    countAllWeighty()
  }
  /** Entries without a place are gone, and those behind them come up. */
  const closeUp = () => {
    const placeOf = new Int32Array(held).fill(-1)
    for (let place = 0; place < places; place++) {
      if (index[place] !== 0) placeOf[entryAt(index[place]!) / words] = place
    }
    let kept = 0
    for (let entry = 0; entry < placeOf.length; entry++) {
      if (placeOf[entry] === -1) continue
      if (kept < entry) ids.copyWithin(kept * words, entry * words, (entry + 1) * words)
      point(placeOf[entry]!, kept++ * words)
    }
    held = kept
  }
  const reserve = (entries: number) => {
    if (entries * words <= ids.length) return
    const more = new Int32Array(Math.min(largest, Math.max(firstEntries, Math.ceil(entries * 1.5))) * words)
    more.set(ids)
    ids = more
    sums = new Float32Array(ids.buffer)
  }

  const admitOrdered = (lower: number, lowerVersion: number, higher: number, higherVersion: number): number => {
    const found = locate(lower, lowerVersion, higher, higherVersion)
    if (found >= 0) return found
    let place = -1 - found
    const taken = index[place] !== 0
    if (places < largest && (taken || held + 1 > 0.7 * places)) {
      grow()
      return admitOrdered(lower, lowerVersion, higher, higherVersion)
    }
    if (!taken) reserve(held + 1)
    else place = yielding(lower, higher, place)
    const at = taken ? entryAt(index[place]!) : held++ * words
    if (taken && weightOf(at) > 0) countWeighty(at, -1)
    ids[at] = lower
    ids[at + 1] = higher
    ids[at + 2] = lowerVersion
    ids[at + 3] = higherVersion
    for (let k = 4; k < words; k++) sums[at + k] = 0
    point(place, at)
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
        const word = index[item < other ? homeOf(item, other) : homeOf(other, item)]!
        into[k] = word === 0 ? 0 : ids[entryAt(word)]!
      }
    },
    weigh(item, version, others, versions, from, count, at, weights) {
      let some = 0
      for (let k = 0; k < count; k++) {
        const other = others[from + k]!
        const home = item < other ? homeOf(item, other) : homeOf(other, item)
        if (weighty[home] === 0) continue
        // Read ahead, too.
        weights[some] = ids[entryAt(index[home]!)]!
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
    save() {
      const at = new Int32Array(held)
      for (let place = 0; place < places; place++) if (index[place] !== 0) at[entryAt(index[place]!) / words] = place
      return { pairs: ids.subarray(0, held * words), at, places: Int32Array.of(places) }
    },
    restore(arrays) {
      const { pairs, at, places: size } = arrays as Record<string, Int32Array>
      ids = pairs!.slice()
      sums = new Float32Array(ids.buffer)
      held = at!.length
      places = size![0]!
      index = new Int32Array(places)
      for (let entry = 0; entry < held; entry++) point(at![entry]!, entry * words)
      countAllWeighty()
    },
  }
}
