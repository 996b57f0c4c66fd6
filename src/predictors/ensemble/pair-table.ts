import { givenAway, type SavedArrays } from '../../state/saved-arrays.ts'
import { pairEntries, words } from './pair-entries.ts'

/**
 * Sums over the users that two items share, for at most `capacity` pairs: an open-addressed table that grows by need.
 *
 *     pairs.add(item, version, { others, versions, residuals, count }, residual)   // a user took item, and had these before
 *     const n = pairs.weigh(item, version, others, versions, from, count, at, weights)
 *
 * A pair stands within eight places of its hash. Once the table is as large as it may be and all eight are taken, the
 * pair that fewest users share gives way, one whose item is gone before all others. 32 bytes a pair, which lie in one line of the
 * cache, and four a place, which say whether its pair weighs anything: most do not, and need not be read to be weighed.
 *
 * What takes time is memory. So all of an item's pairs are looked for together, step by step: what each step reads does not
 * hang on what it read before, and memory answers many reads at once.
 */
export interface PairTable {
  /** Pairs held, and places there are. */
  readonly held: number
  readonly places: number
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
  /** One more user who shares an item's pairs with these others, by how much the user was off with it and with each of them. */
  add(item: number, version: number, others: Others, residual: number): void
  /** The users that share a pair, and Σ eᵢeⱼ / √(Σ eᵢ²·Σ eⱼ²) over them; null if it is not held. */
  find(a: number, versionOfA: number, b: number, versionOfB: number): { users: number; correlation: number } | null
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Items other than the one at hand, the first `count` of each array. */
export interface Others {
  others: Int32Array
  versions: Int32Array
  residuals: Float64Array
  count: number
}

const reach = 8

export function pairTable(options: {
  capacity: number
  live: (slot: number, version: number) => boolean
  /** What a pair weighs, from the users that share it and their correlation; 0 of no users. */
  weight: (users: number, correlation: number) => number
}): PairTable {
  const largest = 2 ** Math.max(3, Math.ceil(Math.log2(options.capacity)))
  // A place says its entry's number from 1, then whether the pair weighs anything, and above that what is left of the pair's hash,
  // by which most others are told apart.
  const entryBits = Math.log2(largest) + 1
  const entryMask = 2 ** entryBits - 1
  const weighty = 2 ** entryBits
  const hashBits = entryBits + 1
  let places = Math.min(1024, largest)
  let held = 0
  /** By place; 0: free. Most are, so that entries, of eight times the size, are not kept in it. */
  let index = new Int32Array(places)
  const entries = pairEntries(largest)
  const { matches } = entries
  // Of the pairs that are looked for together: where they may stand, what stands there, and something read ahead.
  let hashes = new Int32Array(128)
  let spots = new Int32Array(128)
  let found = new Int32Array(128)
  let ahead = 0

  /** Where the entry of a place begins. */
  const entryAt = (word: number): number => ((word & entryMask) - 1) * words
  /** The place of a pair, else −1 − the place that it may have (which is taken, if all of its places are). */
  const locate = (a: number, versionOfA: number, b: number, versionOfB: number): number => {
    const hash = hashOf(a, b)
    for (let step = 0; step < reach; step++) {
      const place = (hash + step) & (places - 1)
      const word = index[place]!
      if (word === 0) return -1 - place
      if ((word ^ hash) >>> hashBits !== 0) continue
      if (matches(entryAt(word), a, versionOfA, b, versionOfB)) return place
    }
    return -1 - weakest(hash)
  }
  /** Of a pair's places, all taken: the first of those whose pairs fewest users share. */
  const weakest = (hash: number): number => {
    let weakest = -1
    let fewest = Number.POSITIVE_INFINITY
    for (let step = 0; step < reach; step++) {
      const place = (hash + step) & (places - 1)
      const users = entries.users(entryAt(index[place]!))
      if (users < fewest) {
        fewest = users
        weakest = place
      }
    }
    return weakest
  }
  /** Of a pair's places, all taken: one whose item is gone, else the given one. */
  const yielding = (hash: number, weakest: number): number => {
    for (let step = 0; step < reach; step++) {
      const place = (hash + step) & (places - 1)
      const at = entryAt(index[place]!)
      const { ids } = entries
      if (!options.live(ids[at]!, ids[at + 2]!) || !options.live(ids[at + 1]!, ids[at + 3]!)) return place
    }
    return weakest
  }
  /** Have a place say where the entry of a pair begins, and whether the pair weighs anything. */
  const point = (place: number, at: number, weighs: boolean) => {
    const { ids } = entries
    index[place] = (hashOf(ids[at]!, ids[at + 1]!) & -(2 ** hashBits)) | (weighs ? weighty : 0) | (at / words + 1)
  }

  const weightOf = (at: number): number => options.weight(entries.users(at), entries.correlation(at))

  /** Twice the places, every pair at its new one; pairs that crowd each other out there give way as they always do. */
  const grow = () => {
    const old = index
    const { ids } = entries
    places *= 2
    index = new Int32Array(places)
    for (const word of old) {
      if (word === 0) continue
      const at = entryAt(word)
      point(-1 - locate(ids[at]!, ids[at + 2]!, ids[at + 1]!, ids[at + 3]!), at, (word & weighty) !== 0)
    }
    closeUp()
  }
  /** Entries without a place are gone, and those behind them come up. */
  const closeUp = () => {
    const placeOf = new Int32Array(held).fill(-1)
    for (let place = 0; place < places; place++) {
      if (index[place] !== 0) placeOf[entryAt(index[place]!) / words] = place
    }
    const { ids } = entries
    let kept = 0
    for (let entry = 0; entry < placeOf.length; entry++) {
      const place = placeOf[entry]!
      if (place === -1) continue
      if (kept < entry) ids.copyWithin(kept * words, entry * words, (entry + 1) * words)
      point(place, kept++ * words, (index[place]! & weighty) !== 0)
    }
    held = kept
  }
  /** The place of a pair, which is given one if it has none. */
  const admit = (a: number, versionOfA: number, b: number, versionOfB: number): number => {
    const known = locate(a, versionOfA, b, versionOfB)
    if (known >= 0) return known
    let place = -1 - known
    const taken = index[place] !== 0
    if (places < largest && (taken || held + 1 > 0.7 * places)) {
      grow()
      return admit(a, versionOfA, b, versionOfB)
    }
    if (!taken) entries.reserve(held + 1)
    else place = yielding(hashOf(a, b), place)
    const at = taken ? entryAt(index[place]!) : held++ * words
    entries.begin(at, a, versionOfA, b, versionOfB)
    point(place, at, false)
    return place
  }

  /** Read the first places of an item's pairs with others, and keep the pairs' hashes. */
  const readHomes = (item: number, others: Int32Array, from: number, count: number): void => {
    if (hashes.length < count) [hashes, spots, found] = [0, 1, 2].map(() => new Int32Array(2 * count)) as Three
    const mask = places - 1
    let read = 0
    for (let k = 0; k < count; k++) {
      const hash = hashOf(item, others[from + k]!)
      hashes[k] = hash
      read ^= index[hash & mask]!
    }
    ahead = read
  }
  /** The first place of a pair's that looks like it by its hash and, where `bits` are asked for, has them; −1 if none. */
  const likely = (hash: number, bits: number): number => {
    const mask = places - 1
    for (let step = 0; step < reach; step++) {
      const place = (hash + step) & mask
      const word = index[place]!
      if (word === 0) return -1
      if ((word ^ hash) >>> hashBits === 0 && (word & bits) === bits) return place
    }
    return -1
  }
  /** Read the entries of the first `count` words found; 0 has none. */
  const readEntries = (count: number): void => {
    const { ids } = entries
    let read = ahead
    for (let n = 0; n < count; n++) read ^= ids[Math.max(0, entryAt(found[n]!))]!
    ahead = read
  }

  /** What a pair weighs, of which a word found says where it may stand. */
  const weightIn = (word: number, a: number, versionOfA: number, b: number, versionOfB: number): number => {
    if (matches(entryAt(word), a, versionOfA, b, versionOfB)) return weightOf(entryAt(word))
    const place = locate(a, versionOfA, b, versionOfB)
    return place < 0 ? 0 : weightOf(entryAt(index[place]!))
  }
  /** The place of the k-th pair that was looked for; others may have moved since. */
  const placeNow = (k: number, a: number, versionOfA: number, b: number, versionOfB: number): number => {
    const known = spots[k]!
    const stands = known >= 0 && index[known] === found[k]
    return stands && matches(entryAt(found[k]!), a, versionOfA, b, versionOfB)
      ? known
      : admit(a, versionOfA, b, versionOfB)
  }
  /** One more user who shares a pair; `ofLower` is of the item with the lower slot. */
  const addTo = (place: number, ofLower: number, ofHigher: number): void => {
    const word = index[place]!
    const at = entryAt(word)
    entries.add(at, ofLower, ofHigher)
    if (weightOf(at) > 0 !== ((word & weighty) !== 0)) index[place] = word ^ weighty
  }

  return {
    get held() {
      return held
    },
    get places() {
      return places
    },
    weigh(item, version, others, versions, from, count, at, weights) {
      readHomes(item, others, from, count)
      let some = 0
      for (let k = 0; k < count; k++) {
        const place = likely(hashes[k]!, weighty)
        if (place < 0) continue
        found[some] = index[place]!
        at[some++] = k
      }
      readEntries(some)
      let weighed = 0
      for (let n = 0; n < some; n++) {
        const k = at[n]!
        const weight = weightIn(found[n]!, item, version, others[from + k]!, versions[from + k]!)
        if (weight === 0) continue
        weights[weighed] = weight
        at[weighed++] = k
      }
      return weighed
    },
    add(item, version, { others, versions, residuals, count }, residual) {
      readHomes(item, others, 0, count)
      for (let k = 0; k < count; k++) {
        const place = likely(hashes[k]!, 0)
        spots[k] = place
        found[k] = place < 0 ? 0 : index[place]!
      }
      readEntries(count)
      for (let k = 0; k < count; k++) {
        const other = others[k]!
        const place = placeNow(k, item, version, other, versions[k]!)
        if (item < other) addTo(place, residual, residuals[k]!)
        else addTo(place, residuals[k]!, residual)
      }
    },
    find(a, versionOfA, b, versionOfB) {
      const place = locate(a, versionOfA, b, versionOfB)
      if (place < 0) return null
      const at = entryAt(index[place]!)
      return { users: entries.users(at), correlation: entries.correlation(at) }
    },
    save() {
      const at = new Int32Array(held)
      for (let place = 0; place < places; place++) if (index[place] !== 0) at[entryAt(index[place]!) / words] = place
      return { pairs: entries.ids.subarray(0, held * words), ...givenAway({ at, places: Int32Array.of(places) }) }
    },
    restore(arrays) {
      const { pairs, at, places: size } = arrays as Record<string, Int32Array>
      held = at!.length
      places = size![0]!
      entries.reserve(held)
      entries.ids.set(pairs!)
      index = new Int32Array(places)
      for (let entry = 0; entry < held; entry++) point(at![entry]!, entry * words, weightOf(entry * words) > 0)
    },
  }
}

/** The hash of a pair, the same whichever way round it is named. */
export function hashOf(a: number, b: number): number {
  let h = Math.imul(Math.min(a, b), 0x9e3779b1) ^ Math.imul(Math.max(a, b), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35)
  return h ^ (h >>> 13)
}

type Three = [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>]
