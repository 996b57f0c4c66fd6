/** A set of 64-bit hashes in typed arrays: open addressing, at most half full, eight bytes a slot. */
export class HashSet {
  #slots: Int32Array
  #mask: number
  size = 0

  constructor(expected = 1_024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, expected * 2)))
    this.#slots = new Int32Array(slots * 2)
    this.#mask = slots - 1
  }

  has(high: number, low: number): boolean {
    const slots = this.#slots
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const a = slots[slot * 2]!
      const b = slots[slot * 2 + 1]!
      if (a === 0 && b === 0) return false
      if (a === high && b === low) return true
    }
  }

  add(high: number, low: number): void {
    // Two zeros mean a free slot; a hash of nothing but zeros moves over by one bit.
    if (high === 0 && low === 0) high = 1
    if (this.has(high, low)) return
    if (this.size * 2 > this.#mask) this.#grow()
    this.#put(this.#slots, this.#mask, high, low)
    this.size += 1
  }

  #put(slots: Int32Array, mask: number, high: number, low: number): void {
    let slot = low & mask
    while (slots[slot * 2] !== 0 || slots[slot * 2 + 1] !== 0) slot = (slot + 1) & mask
    slots[slot * 2] = high
    slots[slot * 2 + 1] = low
  }

  #grow(): void {
    const old = this.#slots
    const slots = new Int32Array(old.length * 2)
    const mask = slots.length / 2 - 1
    for (let k = 0; k < old.length; k += 2) {
      if (old[k] !== 0 || old[k + 1] !== 0) this.#put(slots, mask, old[k]!, old[k + 1]!)
    }
    this.#slots = slots
    this.#mask = mask
  }
}
