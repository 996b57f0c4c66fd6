/** How often 64-bit hashes came, in a typed array: open addressing, at most half full, twelve bytes a slot. */
export class HashCounts {
  /** High, low and count of each slot; a count of 0 is a free one. */
  #slots: Int32Array
  #mask: number
  size = 0

  constructor(expected = 1_024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)))
    this.#slots = new Int32Array(slots * 3)
    this.#mask = slots - 1
  }

  of(high: number, low: number): number {
    return this.#slots[this.#find(high, low) + 2]!
  }

  add(high: number, low: number): void {
    if (this.size * 2 > this.#mask) this.#grow()
    const at = this.#find(high, low)
    if (this.#slots[at + 2]! === 0) {
      this.#slots[at] = high
      this.#slots[at + 1] = low
      this.size += 1
    }
    this.#slots[at + 2]! += 1
  }

  /** Where a hash stands, or would. */
  #find(high: number, low: number): number {
    const slots = this.#slots
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * 3
      if (slots[at + 2] === 0 || (slots[at] === high && slots[at + 1] === low)) return at
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Int32Array(old.length * 2)
    this.#mask = this.#slots.length / 3 - 1
    for (let k = 0; k < old.length; k += 3) {
      if (old[k + 2] !== 0) this.#slots.set(old.subarray(k, k + 3), this.#find(old[k]!, old[k + 1]!))
    }
  }
}
