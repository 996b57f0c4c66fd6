import type { Collected } from './collect/collect.ts'

/**
 * Profiles or items that no event has passed in time yet; an event sees what was written up to its own timestamp.
 *
 * Within a partition the order of the log holds: a record waits behind an earlier one that is dated later.
 */
export class WaitingRecords<T> {
  readonly #queues = new Map<number, Collected<T>[]>()
  #count = 0

  get count(): number {
    return this.#count
  }

  add(entry: Collected<T>): void {
    const queue = this.#queues.get(entry.record.partition)
    if (queue === undefined) this.#queues.set(entry.record.partition, [entry])
    else queue.push(entry)
    this.#count += 1
  }

  /** Take what was written up to a timestamp (ms), in order within a partition. */
  take(timestamp: number): Collected<T>[] {
    if (this.#count === 0) return []
    const taken: Collected<T>[] = []
    for (const [partition, queue] of this.#queues) {
      let count = 0
      while (count < queue.length && queue[count]!.record.timestamp <= timestamp) count += 1
      if (count === 0) continue
      for (let k = 0; k < count; k++) taken.push(queue[k]!)
      this.#queues.set(partition, queue.slice(count))
    }
    this.#count -= taken.length
    return taken
  }

  /** Offset of the first record of a partition that waits, null where none does. */
  firstOf(partition: number): number | null {
    return this.#queues.get(partition)?.[0]?.record.offset ?? null
  }

  /** Whether `take` would take anything. */
  due(timestamp: number): boolean {
    for (const queue of this.#queues.values())
      if (queue.length > 0 && queue[0]!.record.timestamp <= timestamp) return true
    return false
  }

  /** All that waits, left where it is. */
  all(): Collected<T>[] {
    return [...this.#queues.values()].flat()
  }
}
