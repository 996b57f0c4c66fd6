import { hashText } from '../../../state/hash.ts'
import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { byteColumn, columnSet, intColumn } from '../../../state/slot-column.ts'

/**
 * The feature tokens of slots, as hashes; of each slot at most `perSlot`, later ones are left out.
 *
 *     tokens.set(0, ['age=25-34', 'gender=F'])
 *     tokens.data[0 * tokens.perSlot + 1]   // hash of 'gender=F'
 */
export interface SlotTokens {
  readonly perSlot: number
  readonly data: Int32Array
  /** Which of 16 names each token has, by the hash of what stands before "=". */
  readonly names: Uint8Array
  readonly counts: Uint8Array
  set(slot: number, tokens: readonly string[]): void
  /** How often a slot has a token, by its hash. */
  occurrences(slot: number, token: number): number
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Numbers that names of tokens have, from 0. */
export const tokenNames = 16

export function slotTokens(perSlot: number): SlotTokens {
  const hashes = intColumn(perSlot)
  const names = byteColumn(perSlot)
  const counts = byteColumn()
  return {
    perSlot,
    get data() {
      return hashes.data
    },
    get names() {
      return names.data
    },
    get counts() {
      return counts.data
    },
    set(slot, tokens) {
      const count = Math.min(perSlot, tokens.length)
      counts.data[slot] = count
      // What a slot holds says nothing of what it held before.
      hashes.data.fill(0, slot * perSlot + count, (slot + 1) * perSlot)
      names.data.fill(0, slot * perSlot + count, (slot + 1) * perSlot)
      for (let k = 0, at = slot * perSlot; k < count; k++, at++) {
        const token = tokens[k]!
        const name = token.indexOf('=')
        hashes.data[at] = hashText(token)
        names.data[at] = name < 0 ? 0 : hashText(token.slice(0, name)) % tokenNames
      }
    },
    occurrences(slot, token) {
      let found = 0
      for (let at = slot * perSlot, to = at + counts.data[slot]!; at < to; at++)
        if (hashes.data[at] === token) found += 1
      return found
    },
    ...columnSet({ hashes, names, counts }),
  }
}
