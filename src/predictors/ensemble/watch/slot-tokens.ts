import { hashText } from '../../../state/hash.ts'
import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { slotRows } from '../../../state/slot-rows.ts'
import { everyRow, type UserRows } from '../../../state/user-rows.ts'

/**
 * The feature tokens of slots, as hashes; of each slot at most `perSlot`, later ones are left out.
 *
 *     tokens.set(0, ['age=25-34', 'gender=F'])
 *     tokens.data[tokens.from(0) + 1]   // hash of 'gender=F'
 */
export interface SlotTokens {
  readonly data: Int32Array
  /** Which of 16 names each token has, by the hash of what stands before "=". */
  readonly names: Uint8Array
  /** A slot's tokens stand at `from` … `to` − 1. */
  from(slot: number): number
  to(slot: number): number
  set(slot: number, tokens: readonly string[]): void
  /** How often a slot has a token, by its hash. */
  occurrences(slot: number, token: number): number
  reset(slot: number): void
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Numbers that names of tokens have, from 0. */
export const tokenNames = 16

export function slotTokens(perSlot: number, users: UserRows = everyRow): SlotTokens {
  const rows = slotRows({ ints: true, rows: users })
  return {
    get data() {
      return rows.ints
    },
    get names() {
      return rows.bytes
    },
    from: rows.from,
    to: rows.to,
    set(slot, tokens) {
      const count = Math.min(perSlot, tokens.length)
      const from = rows.take(slot, count)
      const { ints: hashes, bytes: names } = rows
      for (let k = 0, at = from; k < count; k++, at++) {
        const token = tokens[k]!
        const name = token.indexOf('=')
        hashes[at] = hashText(token)
        names[at] = name < 0 ? 0 : hashText(token.slice(0, name)) % tokenNames
      }
    },
    occurrences(slot, token) {
      const { ints: hashes } = rows
      let found = 0
      for (let at = rows.from(slot), to = rows.to(slot); at < to; at++) if (hashes[at] === token) found += 1
      return found
    },
    reset: rows.reset,
    save: rows.save,
    restore: rows.restore,
  }
}
