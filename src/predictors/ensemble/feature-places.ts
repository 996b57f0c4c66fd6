import { hashText } from '../../state/hash.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { slotRows } from '../../state/slot-rows.ts'
import { everyRow, type UserRows } from '../../state/user-rows.ts'

/**
 * Which features each slot has, as places of a short list; place 0 is the constant that every slot has.
 *
 *     places.set(slot, ['gender=F', 'age=25-34'])   // true: they are not what they were
 *
 * A token takes the next free place when it is first seen. The last quarter of the places is shared, by their hash, by tokens
 * that come when the others are taken; so these cannot spoil what was learned of those. The order of tokens does not matter.
 */
export interface FeaturePlaces {
  /** Places that exist, the constant among them. */
  readonly size: number
  /** Places that may be taken so far: 1 … size. */
  readonly used: number
  readonly data: Uint8Array
  /** The places of a slot stand at `from` … `to` − 1 of `data`, largest first. */
  from(slot: number): number
  to(slot: number): number
  /** Take in a slot's tokens; `leaving` is called before anything changes, and only if something does. */
  set(slot: number, tokens: readonly string[], leaving: (slot: number) => void): boolean
  /** Whether a token has a place, or is sure to get one that others have, too. */
  has(token: string): boolean
  /** The place of a token, which takes one if it has none and one is free. */
  placeOf(token: string): number
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export function featurePlaces(options: { size: number; perSlot: number; rows?: UserRows }): FeaturePlaces {
  const { size, perSlot } = options
  const rows = slotRows({ ints: false, rows: options.rows ?? everyRow })
  const places = new Map<number, number>()
  const next = new Uint8Array(perSlot)

  const exclusive = Math.ceil((3 * size) / 4)

  const placeOf = (token: string): number => {
    const hash = hashText(token)
    const known = places.get(hash)
    if (known !== undefined) return known
    if (places.size + 1 >= exclusive) return exclusive + (hash % (size - exclusive))
    places.set(hash, places.size + 1)
    return places.size
  }

  return {
    size,
    get used() {
      return places.size + 1 < exclusive ? places.size + 1 : size
    },
    get data() {
      return rows.bytes
    },
    from: rows.from,
    to: rows.to,
    set(slot, tokens, leaving) {
      const count = Math.min(perSlot, tokens.length)
      for (let k = 0; k < count; k++) next[k] = placeOf(tokens[k]!)
      const row = next.subarray(0, count).sort().reverse()
      const from = rows.from(slot)
      let same = rows.to(slot) - from === count
      for (let k = 0; same && k < count; k++) same = rows.bytes[from + k] === row[k]
      if (same) return false
      leaving(slot)
      const to = rows.take(slot, count)
      rows.bytes.set(row, to)
      return true
    },
    has: token => places.size + 1 >= exclusive || places.has(hashText(token)),
    placeOf,
    reset: rows.reset,
    save: slots => ({ ...rows.save(slots), tokens: Uint32Array.from(places.keys()) }),
    restore(arrays) {
      rows.restore(arrays)
      places.clear()
      for (const hash of arrays['tokens'] as Uint32Array) places.set(hash, places.size + 1)
    },
  }
}
