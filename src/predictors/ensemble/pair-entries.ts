import { pageBytes, wasmMemory } from '../../state/wasm/kernels.ts'

/** Words of an entry: slots and versions of both items (lower slot first), Σ eᵢeⱼ, Σ eᵢ², Σ eⱼ², users. */
export const words = 8
const pageEntries = pageBytes / (4 * words)

/**
 * Sums over the users that two items share, entry by entry; `at` is where an entry begins.
 *
 *     const entries = pairEntries(2 ** 21)
 *     entries.reserve(1)
 *     entries.begin(0, itemA, versionOfA, itemB, versionOfB)
 *     entries.add(0, residualOfLower, residualOfHigher)
 *
 * They lie in memory that begins with a line of the cache, as arrays of JavaScript do not, and grows where it is.
 */
export interface PairEntries {
  /** Slots, versions and, as bits of 32-bit floats, sums. */
  readonly ids: Int32Array
  /** Make room for so many entries. */
  reserve(entries: number): void
  /** Whether an entry is of a pair, whichever way round it is named. */
  matches(at: number, a: number, versionOfA: number, b: number, versionOfB: number): boolean
  /** An entry of a pair that no user shares. */
  begin(at: number, a: number, versionOfA: number, b: number, versionOfB: number): void
  /** One user more; residuals in the order of the slots. */
  add(at: number, ofLower: number, ofHigher: number): void
  users(at: number): number
  /** Σ eᵢeⱼ / √(Σ eᵢ²·Σ eⱼ²) over the users. */
  correlation(at: number): number
}

export function pairEntries(most: number): PairEntries {
  const memory = wasmMemory(pageBytes)
  let room = pageEntries
  let ids = new Int32Array(memory.buffer)
  let sums = new Float32Array(memory.buffer)

  return {
    get ids() {
      return ids
    },
    reserve(entries) {
      if (entries <= room) return
      const more = Math.max(entries, Math.min(most, Math.ceil(1.25 * room)))
      memory.grow(Math.ceil((more - room) / pageEntries))
      ids = new Int32Array(memory.buffer)
      sums = new Float32Array(memory.buffer)
      room = ids.length / words
    },
    matches(at, a, versionOfA, b, versionOfB) {
      const ofA = a < b ? at : at + 1
      const ofB = a < b ? at + 1 : at
      return ids[ofA] === a && ids[ofB] === b && ids[ofA + 2] === versionOfA && ids[ofB + 2] === versionOfB
    },
    begin(at, a, versionOfA, b, versionOfB) {
      const ofA = a < b ? at : at + 1
      const ofB = a < b ? at + 1 : at
      ids[ofA] = a
      ids[ofB] = b
      ids[ofA + 2] = versionOfA
      ids[ofB + 2] = versionOfB
      for (let k = at + 4; k < at + words; k++) ids[k] = 0
    },
    add(at, ofLower, ofHigher) {
      sums[at + 4]! += ofLower * ofHigher
      sums[at + 5]! += ofLower * ofLower
      sums[at + 6]! += ofHigher * ofHigher
      sums[at + 7]! += 1
    },
    users: at => sums[at + 7]!,
    correlation: at => sums[at + 4]! / Math.sqrt(sums[at + 5]! * sums[at + 6]! + 1e-9),
  }
}
