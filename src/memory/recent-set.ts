/**
 * What was seen recently, in two generations: a new one opens when the event clock enters the next window or when the
 * open one is full, and the oldest is dropped whole.
 *
 * A key is remembered for one to two windows. Memory is bounded by twice the capacity, and nothing is done per key to
 * forget it (a map that expires key by key costs more than all the rest of cleaning).
 *
 *     const seen = new RecentSet({ windowMs: 1000, capacity: 100 })
 *     seen.advance(0); seen.has('a') // false
 *     seen.add('a');   seen.has('a') // true
 *     seen.advance(2500); seen.advance(3500); seen.has('a') // false
 */
export class RecentSet {
  /** Number of the open generation, rising by one; rows remember it so that a restart restores the same sets. */
  generation: number
  #window: number
  #current = new Set<string>()
  #previous = new Set<string>()
  readonly #windowMs: number
  readonly #capacity: number

  constructor(options: { windowMs: number; capacity: number; generation?: number; newestTime?: number }) {
    this.#windowMs = options.windowMs
    this.#capacity = options.capacity
    this.generation = options.generation ?? 0
    this.#window = Math.floor((options.newestTime ?? 0) / options.windowMs)
  }

  /** Tell the newest event time (ms); it never goes back. */
  advance(newestTime: number): void {
    const window = Math.floor(newestTime / this.#windowMs)
    if (window === this.#window && this.#current.size < this.#capacity) return
    this.#window = window
    this.generation += 1
    this.#previous = this.#current
    this.#current = new Set()
  }

  has(key: string): boolean {
    return this.#current.has(key) || this.#previous.has(key)
  }

  add(key: string): void {
    this.#current.add(key)
  }

  /** Put back a key that was remembered in the given generation. */
  restore(key: string, generation: number): void {
    if (generation === this.generation) this.#current.add(key)
    else if (generation === this.generation - 1) this.#previous.add(key)
  }

  get size(): number {
    return this.#current.size + this.#previous.size
  }
}
