import type { Reader } from '../log/log.ts'
import type { Collected, Collector } from './collect/collect.ts'

/**
 * A compacted topic (profiles or items) read just far enough: an event sees what was written up to its own timestamp,
 * in a replay as in the first run.
 *
 * Records wait here, bounded, until an event passes them in time or nothing else is coming.
 */
export class FeatureFeed<T> {
  readonly #reader: Reader
  readonly #collector: Collector<T>
  readonly #limit: number
  /** Waiting records and the newest timestamp read, by partition. */
  readonly #queues = new Map<number, Collected<T>[]>()
  readonly #newest = new Map<number, number>()
  readonly #partitions: number
  #waiting = 0

  constructor(options: { reader: Reader; collector: Collector<T>; partitions: number; limit: number }) {
    this.#reader = options.reader
    this.#collector = options.collector
    this.#partitions = options.partitions
    this.#limit = options.limit
  }

  /**
   * Read up to a timestamp (ms) or to the end, whichever comes first.
   *
   * Returns the time before which nothing is missing: Infinity, or less when the limit on waiting records was reached.
   */
  async readUpTo(timestamp: number): Promise<number> {
    while (!this.#passed(timestamp)) {
      if (this.#waiting >= this.#limit && this.#due(timestamp)) {
        // Of a partition that nothing has come from yet, anything may still come.
        return this.#newest.size < this.#partitions ? Number.NEGATIVE_INFINITY : Math.min(...this.#newest.values())
      }
      // All that waits lies ahead of the events; memory has its limit even so.
      if (this.#waiting >= 4 * this.#limit) return Number.POSITIVE_INFINITY
      let records = await this.#reader.read(0)
      if (records.length === 0) {
        if (await this.#reader.caughtUp()) return Number.POSITIVE_INFINITY
        records = await this.#reader.read(50)
      }
      await this.#collector.prepare(records)
      for (const record of records) {
        const queue = this.#queues.get(record.partition)
        if (queue === undefined) this.#queues.set(record.partition, [this.#collector.collect(record)])
        else queue.push(this.#collector.collect(record))
        const newest = this.#newest.get(record.partition)
        if (newest === undefined || record.timestamp > newest) this.#newest.set(record.partition, record.timestamp)
      }
      this.#waiting += records.length
    }
    return Number.POSITIVE_INFINITY
  }

  /** Take what was written up to a timestamp (ms), in order within a partition. */
  take(timestamp: number): Collected<T>[] {
    if (this.#waiting === 0) return []
    const taken: Collected<T>[] = []
    for (const [partition, queue] of this.#queues) {
      let count = 0
      while (count < queue.length && queue[count]!.record.timestamp <= timestamp) count += 1
      if (count === 0) continue
      for (let k = 0; k < count; k++) taken.push(queue[k]!)
      this.#queues.set(partition, queue.slice(count))
    }
    this.#waiting -= taken.length
    return taken
  }

  /** Records that no event has passed yet. */
  get waiting(): number {
    return this.#waiting
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #due(timestamp: number): boolean {
    for (const queue of this.#queues.values())
      if (queue.length > 0 && queue[0]!.record.timestamp <= timestamp) return true
    return false
  }

  #passed(timestamp: number): boolean {
    if (this.#newest.size < this.#partitions) return false
    for (const newest of this.#newest.values()) if (newest <= timestamp) return false
    return true
  }
}
