/** What rules say of one list, beside which items it may hold at all. */
export interface ListRules {
  /** Logarithm of the factor by which rules raise an item's odds; 0 where they do not. */
  lift(item: number): number
  readonly places: PlaceRules
}

/** What rules say of the places of a list, as it is filled from the top. */
export interface PlaceRules {
  /** A list begins. */
  begin(): void
  /** These items may be in it, beside those that were told before; each is told once. */
  admit(items: ArrayLike<number>, from: number, to: number): void
  /**
   * Writes the places in `items`, of the first `count`, that may stand next, given what stands above; in their order.
   * Returns how many; 0 only where caps leave nothing.
   */
  open(items: ArrayLike<number>, count: number, into: Int32Array): number
  /** What an item loses for being like those above it, in units of the spread between the best and the worst key. */
  loss(item: number): number
  /** The first of the caps, by its place among all, that leaves an item no room in the next place; −1: none. */
  closedBy(item: number): number
  /** This item stands in the next place. */
  take(item: number): void
  /** Whether an item stands in the list so far. */
  holds(item: number): boolean
}

/** At most `most` items of each key in the first `first` places. */
export interface PlaceCap {
  most: number
  first: number
  keys: (item: number) => readonly number[]
}

export interface PlacePin {
  /** From 1. */
  place: number
  matches: (item: number) => boolean
}

export interface PlaceSpread {
  strength: number
  keys: (item: number) => readonly number[]
}

/**
 * Caps, pins and spreads of one list after another.
 *
 * Caps hold always. A pinned place shows an item that fits its pin, if the caps leave one. What alone can fill a later pin
 * waits for it, and so does its share of the caps, unless nothing else is left. `mmr` (Carbonell and Goldstein 1998) is the
 * spread: a key less strength / (1 − strength) times the greatest likeness to an item above, by Jaccard's index of keys.
 *
 *     const places = placeRules(10, { caps, pins: [], spreads: [] })
 *     places.begin()
 *     places.admit(items, 0, items.length)
 *     const count = places.open(items, items.length, into)
 *     places.take(items[into[0]])
 */
export function placeRules(
  length: number,
  rules: { caps: readonly PlaceCap[]; pins: readonly PlacePin[]; spreads: readonly PlaceSpread[] },
): PlaceRules {
  const { caps, spreads } = rules
  const pins = rules.pins.filter(({ place }) => place <= length).sort((a, b) => a.place - b.place)
  const counts = caps.map(() => new Map<number, number>())
  /** Keys that have as many items as they may. */
  const full = caps.map(() => new Set<number>())
  const every = caps.map((_, c) => c)
  /** Items that fit each pin, as far as they are told. */
  const fitting = pins.map(() => new Set<number>())
  const above: number[] = []
  const told: number[] = []
  /** By spread, of every item that was told: its keys, and its greatest likeness to an item above. */
  const spreading = spreads.map(({ strength, keys }) => {
    return { weight: strength / (1 - strength), keys, of: [] as (readonly number[])[], likest: [] as number[] }
  })
  /** What items lose, by slot; 0 for all that were not told. */
  let lost = new Float64Array(64)
  let reserved: { item: number; place: number }[] = []

  /** Whether a cap leaves an item room at a place, beside what is kept for `others`. */
  const leaves = (c: number, item: number, others: typeof reserved): boolean => {
    const { most, first, keys } = caps[c]!
    for (const key of keys(item)) {
      if (full[c]!.has(key)) return false
      if (others.length === 0) continue
      let held = counts[c]!.get(key) ?? 0
      for (const other of others) {
        if (other.place <= first && other.item !== item && keys(other.item).includes(key)) held += 1
      }
      if (held >= most) return false
    }
    return true
  }
  /** The caps that may leave some item no room at a place. */
  const askedAt = (place: number, others: typeof reserved): number[] =>
    every.filter(c => place <= caps[c]!.first && (full[c]!.size > 0 || others.length > 0))
  const allLeave = (asked: readonly number[], item: number, others: typeof reserved): boolean => {
    for (const c of asked) if (!leaves(c, item, others)) return false
    return true
  }

  /** What alone is left for a later pin. */
  const reserve = (place: number): void => {
    reserved = []
    for (const [p, pin] of pins.entries()) {
      if (pin.place <= place) continue
      const asked = askedAt(pin.place, [])
      let only = -1
      for (const item of fitting[p]!) {
        if (above.includes(item) || !allLeave(asked, item, [])) continue
        if (only >= 0) {
          only = -1
          break
        }
        only = item
      }
      if (only >= 0) reserved.push({ item: only, place: pin.place })
    }
  }

  return {
    begin() {
      above.length = 0
      for (const item of told) lost[item] = 0
      told.length = 0
      for (const count of counts) count.clear()
      for (const keys of full) keys.clear()
      for (const items of fitting) items.clear()
      for (const { of, likest } of spreading) of.length = likest.length = 0
    },
    admit(items, from, to) {
      for (let k = from; k < to; k++) {
        const item = items[k]!
        for (const [p, pin] of pins.entries()) if (pin.matches(item)) fitting[p]!.add(item)
        if (spreads.length === 0) continue
        told.push(item)
        while (lost.length <= item) lost = enlarged(lost)
        for (const { weight, keys, of, likest } of spreading) {
          const own = keys(item)
          const most = above.reduce((most, other) => Math.max(most, likeness(own, keys(other))), 0)
          of.push(own)
          likest.push(most)
          lost[item]! += weight * most
        }
      }
    },
    open(items, count, into) {
      const place = above.length + 1
      reserve(place)
      const collect = (fits: Pick<Set<number>, 'has'> | null, waiting: typeof reserved, others: typeof reserved) => {
        const asked = askedAt(place, others)
        let held = 0
        for (let k = 0; k < count; k++) {
          const item = items[k]!
          if (fits !== null && !fits.has(item)) continue
          if (waiting.length > 0 && waiting.some(other => other.item === item)) continue
          if (asked.length === 0 || allLeave(asked, item, others)) into[held++] = k
        }
        return held
      }
      for (const [p, pin] of pins.entries()) {
        if (pin.place !== place) continue
        const held = collect(fitting[p]!, reserved, reserved) || collect(fitting[p]!, [], [])
        if (held > 0) return held
      }
      if (reserved.length === 0) return collect(null, [], [])
      return collect(null, reserved, reserved) || collect(null, reserved, []) || collect(null, [], [])
    },
    closedBy: item =>
      caps.findIndex(({ first, keys }, c) => above.length < first && keys(item).some(key => full[c]!.has(key))),
    holds: item => above.includes(item),
    loss: item => lost[item] ?? 0,
    take(item) {
      above.push(item)
      for (const [c, { most, first, keys }] of caps.entries()) {
        if (above.length > first) continue
        for (const key of keys(item)) {
          const held = (counts[c]!.get(key) ?? 0) + 1
          counts[c]!.set(key, held)
          if (held >= most) full[c]!.add(key)
        }
      }
      for (const { weight, keys, of, likest } of spreading) {
        const own = keys(item)
        if (own.length === 0) continue
        for (let k = 0; k < told.length; k++) {
          const alike = likeness(own, of[k]!)
          if (alike <= likest[k]!) continue
          lost[told[k]!]! += weight * (alike - likest[k]!)
          likest[k] = alike
        }
      }
    },
  }
}

function enlarged(numbers: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * numbers.length)
  larger.set(numbers)
  return larger
}

/** Jaccard's index: shared keys among all of both; 0 without any. */
function likeness(a: readonly number[], b: readonly number[]): number {
  if (a.length === 1 && b.length === 1) return a[0] === b[0] ? 1 : 0
  let shared = 0
  for (const key of a) if (b.includes(key)) shared += 1
  return shared === 0 ? 0 : shared / (a.length + b.length - shared)
}
