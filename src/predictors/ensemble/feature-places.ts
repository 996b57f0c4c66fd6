import { hashText } from '../../state/hash.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { byteColumn } from '../../state/slot-column.ts'

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
  /** The places of a slot stand at slot · perSlot, up to the first 0. */
  readonly perSlot: number
  readonly data: Uint8Array
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

export function featurePlaces({ size, perSlot }: { size: number; perSlot: number }): FeaturePlaces {
  const column = byteColumn(perSlot)
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
    perSlot,
    get used() {
      return places.size + 1 < exclusive ? places.size + 1 : size
    },
    get data() {
      return column.data
    },
    set(slot, tokens, leaving) {
      next.fill(0)
      for (let k = 0; k < Math.min(perSlot, tokens.length); k++) next[k] = placeOf(tokens[k]!)
      // Largest first, so that the first 0 ends them.
      next.sort().reverse()
      let same = true
      for (let k = 0; k < perSlot; k++) same &&= column.data[slot * perSlot + k] === next[k]
      if (same) return false
      leaving(slot)
      column.data.set(next, slot * perSlot)
      return true
    },
    has: token => places.size + 1 >= exclusive || places.has(hashText(token)),
    placeOf,
    reset(slot) {
      column.reserve(slot + 1)
      column.reset(slot)
    },
    save: slots => ({ places: column.save(slots), tokens: Uint32Array.from(places.keys()) }),
    restore(arrays) {
      column.restore(arrays['places'] as Uint8Array)
      places.clear()
      for (const hash of arrays['tokens'] as Uint32Array) places.set(hash, places.size + 1)
    },
  }
}
