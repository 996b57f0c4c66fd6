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
  /** Items that fit each pin, as far as they are told. */
  const fitting: number[][] = pins.map(() => [])
  const above: number[] = []
  const losses = spreads.map(() => new Map<number, number>())
  const told: number[] = []
  let reserved: { item: number; place: number }[] = []

  /** Whether the caps leave an item room at a place, beside what is kept for `others`. */
  const capsLeave = (item: number, place: number, others: typeof reserved): boolean =>
    caps.every(({ most, first, keys }, c) => {
      if (place > first || (full[c]!.size === 0 && others.length === 0)) return true
      return keys(item).every(key => {
        if (full[c]!.has(key)) return false
        let held = counts[c]!.get(key) ?? 0
        for (const other of others) {
          if (other.place <= first && other.item !== item && keys(other.item).includes(key)) held += 1
        }
        return held < most
      })
    })

  /** What alone is left for a later pin. */
  const reserve = (place: number): void => {
    reserved = []
    for (const [p, pin] of pins.entries()) {
      if (pin.place <= place) continue
      let only = -1
      for (const item of fitting[p]!) {
        if (above.includes(item) || !capsLeave(item, pin.place, [])) continue
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
      told.length = 0
      for (const count of counts) count.clear()
      for (const keys of full) keys.clear()
      for (const list of fitting) list.length = 0
      for (const loss of losses) loss.clear()
    },
    admit(items, from, to) {
      for (let k = from; k < to; k++) {
        const item = items[k]!
        for (const [p, pin] of pins.entries()) if (pin.matches(item)) fitting[p]!.push(item)
        if (spreads.length === 0) continue
        told.push(item)
        for (const [s, { keys }] of spreads.entries()) {
          const loss = above.reduce((most, other) => Math.max(most, likeness(keys(item), keys(other))), 0)
          if (loss > 0) losses[s]!.set(item, loss)
        }
      }
    },
    open(items, count, into) {
      const place = above.length + 1
      reserve(place)
      const collect = (fits: (item: number) => boolean, others: typeof reserved): number => {
        let held = 0
        for (let k = 0; k < count; k++) {
          const item = items[k]!
          if (fits(item) && capsLeave(item, place, others)) into[held++] = k
        }
        return held
      }
      const waits = (item: number) => reserved.some(other => other.item === item)
      for (const pin of pins) {
        if (pin.place !== place) continue
        const held =
          collect(item => pin.matches(item) && !waits(item), reserved) || collect(item => pin.matches(item), [])
        if (held > 0) return held
      }
      if (reserved.length === 0) return collect(() => true, [])
      return collect(item => !waits(item), reserved) || collect(item => !waits(item), []) || collect(() => true, [])
    },
    closedBy: item =>
      caps.findIndex(({ first, keys }, c) => above.length < first && keys(item).some(key => full[c]!.has(key))),
    holds: item => above.includes(item),
    loss(item) {
      let sum = 0
      for (const [s, { strength }] of spreads.entries()) {
        sum += (strength / (1 - strength)) * (losses[s]!.get(item) ?? 0)
      }
      return sum
    },
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
      for (const [s, { keys }] of spreads.entries()) {
        const own = keys(item)
        if (own.length === 0) continue
        const loss = losses[s]!
        for (const other of told) {
          const alike = likeness(own, keys(other))
          if (alike > (loss.get(other) ?? 0)) loss.set(other, alike)
        }
      }
    },
  }
}

/** Jaccard's index: shared keys among all of both; 0 without any. */
function likeness(a: readonly number[], b: readonly number[]): number {
  if (a.length === 1 && b.length === 1) return a[0] === b[0] ? 1 : 0
  let shared = 0
  for (const key of a) if (b.includes(key)) shared += 1
  return shared === 0 ? 0 : shared / (a.length + b.length - shared)
}
