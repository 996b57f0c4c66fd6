import { scramble } from '../state/hash.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { byteColumn } from '../state/slot-column.ts'

/** What a user has seen before; items by the hash of their id. */
export interface Seen {
  add(user: number, hash: number): void
  has(user: number, hash: number): boolean
  reset(user: number): void
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * A Bloom filter of 2,048 bits for each user: never forgets an item that was seen, and takes an unseen one for seen in
 * 0.3% of cases after 100 items, 5% after 300, 26% after 700.
 */
export function seenItems(bytes = 256): Seen {
  const column = byteColumn(bytes)
  const bits = bytes * 8
  const probes = 3
  const bit = (hash: number, probe: number) => scramble(hash + probe * 0x9e3779b9) % bits
  return {
    add(user, hash) {
      for (let probe = 0; probe < probes; probe++) {
        const at = bit(hash, probe)
        column.data[user * bytes + (at >> 3)]! |= 1 << (at & 7)
      }
    },
    has(user, hash) {
      for (let probe = 0; probe < probes; probe++) {
        const at = bit(hash, probe)
        if ((column.data[user * bytes + (at >> 3)]! & (1 << (at & 7))) === 0) return false
      }
      return true
    },
    reset(user) {
      column.reserve(user + 1)
      column.reset(user)
    },
    save: users => ({ bits: column.save(users) }),
    restore: arrays => column.restore(arrays['bits'] as Uint8Array),
  }
}
