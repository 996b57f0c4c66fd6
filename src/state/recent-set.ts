import type { Hash64 } from './hash.ts'
import { HashSet } from './hash-set.ts'

/**
 * What was seen recently, in two generations: a new one opens when the event clock enters the next window or when the
 * open one is full, and the oldest is dropped whole.
 *
 * A key is remembered for one to two windows, as a 64-bit hash. Memory is bounded by twice the capacity, and nothing is
 * done per key to forget it (a map that expires key by key costs more than all the rest of cleaning).
 *
 *     const seen = new RecentSet({ windowMs: 1000, capacity: 100 })
 *     seen.advance(0); seen.has(hash) // false
 *     seen.add(hash);  seen.has(hash) // true
 *     seen.advance(2500); seen.advance(3500); seen.has(hash) // false
 */
export class RecentSet {
  /** Number of the open generation, rising by one; rows remember it so that a restart restores the same sets. */
  generation: number
  #window: number
  #current = new HashSet()
  #previous = new HashSet()
  readonly #windowMs: number
  readonly #capacity: number

  constructor(options: { windowMs: number; capacity: number; generation?: number; newestTime?: number }) {
    this.#windowMs = options.windowMs
    this.#capacity = options.capacity
    this.generation = options.generation ?? 0
    this.#window = Math.floor((options.newestTime ?? 0) / options.windowMs)
  }

  /** Take in the newest event time (ms); it never goes back. */
  advance(newestTime: number): void {
    const window = Math.floor(newestTime / this.#windowMs)
    if (window === this.#window && this.#current.size < this.#capacity) return
    this.#window = window
    this.generation += 1
    this.#previous = this.#current
    this.#current = new HashSet(Math.min(this.#capacity, this.#previous.size))
  }

  has({ high, low }: Hash64): boolean {
    return this.#current.has(high, low) || this.#previous.has(high, low)
  }

  add({ high, low }: Hash64): void {
    this.#current.add(high, low)
  }

  /** Put back a key that was remembered in the given generation. */
  restore({ high, low }: Hash64, generation: number): void {
    if (generation === this.generation) this.#current.add(high, low)
    else if (generation === this.generation - 1) this.#previous.add(high, low)
  }

  get size(): number {
    return this.#current.size + this.#previous.size
  }
}
