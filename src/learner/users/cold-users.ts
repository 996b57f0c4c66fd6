import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'

/**
 * What is held of users who are not in memory: bytes by the user's slot. Everything is done at once, since a user who returns
 * is waited for.
 */
export interface ColdUsers {
  /** Users whose bytes are here. */
  readonly held: number
  has(user: number): boolean
  /** A user's bytes, good until the next call of anything; null where there are none. */
  get(user: number): Uint8Array | null
  put(user: number, bytes: Uint8Array): void
  delete(user: number): void
  /** What brings all of it back, as of now: `restore` of it, here or in another of the same kind, and going on changes nothing. */
  save(): SavedArrays
  restore(arrays: SavedArrays): void
  /** Write all anew: of whoever was deleted nothing is in what is saved from now on. */
  rewrite(): void
  close(): void
}

/**
 * Users' bytes in memory: for tests, experiments and whoever has no folder. What it saves holds all of them.
 *
 *     const cold = coldUsersInMemory()
 *     cold.put(7, bytes)
 *     cold.get(7)   // the same bytes
 */
export function coldUsersInMemory(): ColdUsers {
  let users = new Map<number, Uint8Array>()
  return {
    get held() {
      return users.size
    },
    has: user => users.has(user),
    get: user => users.get(user) ?? null,
    put: (user, bytes) => void users.set(user, bytes.slice()),
    delete: user => void users.delete(user),
    save() {
      const all = [...users.values()]
      const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
      let at = 0
      for (const each of all) {
        bytes.set(each, at)
        at += each.length
      }
      return prefixed('inside', {
        users: Int32Array.from(users.keys()),
        lengths: Int32Array.from(all, ({ length }) => length),
        bytes,
      })
    },
    restore(arrays) {
      if (arrays['places'] !== undefined) throw new RangeError('these users were saved beside checkpoints')
      users = new Map()
      const saved = withPrefix('inside', arrays)
      const lengths = saved['lengths'] as Int32Array | undefined
      let at = 0
      for (const [k, length] of (lengths ?? new Int32Array(0)).entries()) {
        users.set(saved['users']![k]!, (saved['bytes'] as Uint8Array).slice(at, at + length))
        at += length
      }
    },
    rewrite() {},
    close() {
      users.clear()
    },
  }
}
