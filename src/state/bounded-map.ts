/**
 * A map of at most about `capacity` entries in two generations: the least recently used leave together, cheaply.
 *
 * An entry that left is gone from here, not from the world: `missing` names the keys that must be loaded again before a
 * batch is worked on, so that eviction costs a query and never changes a result.
 *
 *     const map = new BoundedMap<number>(1000)
 *     map.set('a', 1); map.get('a')   // 1
 *     map.missing(['b'])              // [] while nothing was ever evicted: 'b' is new, not forgotten
 */
export class BoundedMap<V> {
  #young = new Map<string, V>()
  #old = new Map<string, V>()
  #evicted = false
  readonly #half: number

  constructor(capacity: number) {
    this.#half = Math.max(1, Math.floor(capacity / 2))
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** Whether anything ever left. */
  get forgetful(): boolean {
    return this.#evicted
  }

  get(key: string): V | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old === undefined) return undefined
    this.#old.delete(key)
    this.#young.set(key, old)
    return old
  }

  set(key: string, value: V): void {
    if (this.#old.size > 0) this.#old.delete(key)
    this.#young.set(key, value)
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  /** Keys that are not here though they may once have been. */
  missing(keys: Iterable<string>): string[] {
    if (!this.#evicted) return []
    const missing = new Set<string>()
    for (const key of keys) if (!this.#young.has(key) && !this.#old.has(key)) missing.add(key)
    return [...missing]
  }

  /** Forget the least recently used half if the map is full; only when no change is waiting to be committed. */
  trim(): void {
    if (this.#young.size < this.#half) return
    if (this.#old.size > 0) this.#evicted = true
    this.#old = this.#young
    this.#young = new Map()
  }
}
