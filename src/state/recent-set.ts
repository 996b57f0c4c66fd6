import { HashCounts } from './hash-counts.ts'

/** A hash of 64 bits. */
interface Hash {
  high: number
  low: number
}

/**
 * What was seen recently, in two generations: a new one opens when the event clock enters the next window or when the
 * open one holds as many events as it may, and the oldest is dropped whole.
 *
 * A key is remembered for one to two windows, as a 64-bit hash. Memory is bounded by twice the capacity, and nothing is
 * done per key to forget it (a map that expires key by key costs more than all the rest of cleaning).
 *
 *     const seen = new RecentSet({ windowMs: 1000, capacity: 100 })
 *     seen.event(0); seen.has(hash) // false
 *     seen.add(hash); seen.has(hash) // true
 *     seen.event(2500); seen.event(3500); seen.has(hash) // false
 */
export class RecentSet {
  /** Number of the open generation, rising by one; rows remember it so that a restart restores the same sets. */
  generation: number
  #window: number
  #events: number
  #current: HashCounts
  #previous: HashCounts
  readonly #windowMs: number
  readonly #capacity: number

  /** `events`: how many the open generation holds already. */
  constructor(options: {
    windowMs: number
    capacity: number
    generation?: number
    newestTime?: number
    events?: number
  }) {
    this.#windowMs = options.windowMs
    this.#capacity = options.capacity
    this.generation = options.generation ?? 0
    this.#window = Math.floor((options.newestTime ?? 0) / options.windowMs)
    this.#events = options.events ?? 0
    this.#current = new HashCounts()
    this.#previous = new HashCounts()
  }

  /** An event comes, whose keys are added next; with the newest event time so far (ms), which never goes back. */
  event(newestTime: number): void {
    const window = Math.floor(newestTime / this.#windowMs)
    if (window !== this.#window || this.#events >= this.#capacity) {
      this.#window = window
      this.#events = 0
      this.generation += 1
      this.#previous = this.#current
      this.#current = new HashCounts(this.#previous.size)
    }
    this.#events += 1
  }

  has(hash: Hash): boolean {
    return this.count(hash) > 0
  }

  /** How often a key was added of late. */
  count({ high, low }: Hash): number {
    return this.#current.of(high, low) + this.#previous.of(high, low)
  }

  add({ high, low }: Hash): void {
    this.#current.add(high, low)
  }

  /** Put back a key that was added in the given generation. */
  restore({ high, low }: Hash, generation: number): void {
    if (generation === this.generation) this.#current.add(high, low)
    else if (generation === this.generation - 1) this.#previous.add(high, low)
  }

  get size(): number {
    return this.#current.size + this.#previous.size
  }
}
