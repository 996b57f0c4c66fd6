import type { GrowingReader } from '../log/growing-reader.ts'
import type { LogRecord, Position } from '../log/log.ts'
import { readOrEnd } from '../log/read-or-end.ts'
import type { Beginning } from '../records/beginning.ts'
import { isDated } from '../records/checks/time.ts'
import type { Collected, Collector } from './collect/collect.ts'
import { type WaitingOptions, WaitingRecords } from './waiting-records.ts'

/** So many records of a partition are read beyond what is needed to find those from the future. */
const lookAhead = 5_000

/**
 * A compacted topic (profiles or items) read just far enough: an event sees what was written up to its own timestamp,
 * in a replay as in the first run.
 *
 * Records wait here, bounded, until an event passes them in time or nothing else is coming.
 */
export class FeatureFeed<T> {
  readonly #reader: GrowingReader
  readonly #collector: Collector<T>
  readonly #limit: number
  readonly #waiting: WaitingRecords<T>
  readonly #maxFutureMs: number
  /** The newest timestamp read, by partition. */
  readonly #newest = new Map<number, number>()

  constructor(options: {
    reader: GrowingReader
    collector: Collector<T>
    limit: number
    dates: WaitingOptions
  }) {
    this.#reader = options.reader
    this.#collector = options.collector
    this.#limit = options.limit
    this.#waiting = new WaitingRecords(options.dates)
    this.#maxFutureMs = options.dates.maxFutureMs
  }

  /**
   * Read up to a timestamp (ms) or to the end, whichever comes first.
   *
   * Returns the time before which nothing is missing: Infinity, or less when the limit on waiting records was reached.
   */
  async readUpTo(timestamp: number): Promise<number> {
    while (!this.#passed(timestamp)) {
      if (this.waiting >= this.#limit && this.#waiting.due(timestamp)) {
        // Of a partition that nothing has come from yet, anything may still come.
        return this.#newest.size < this.#reader.partitions || !this.#hasReadKnown()
          ? Number.NEGATIVE_INFINITY
          : Math.min(...this.#newest.values())
      }
      // All that waits lies ahead of the events; memory has its limit even so.
      if (this.waiting >= 4 * this.#limit) return Number.POSITIVE_INFINITY
      const records = await readOrEnd(this.#reader)
      if (records === null) return Number.POSITIVE_INFINITY
      await this.#collector.prepare(records)
      for (const record of records) {
        this.#waiting.add(this.#collector.collect(record))
        const newest = this.#newest.get(record.partition) ?? Number.NEGATIVE_INFINITY
        const timestamp = isDated(record.timestamp) ? record.timestamp : newest
        this.#newest.set(record.partition, Math.max(timestamp, newest))
      }
    }
    return Number.POSITIVE_INFINITY
  }

  /** What is known from the beginning, and due at once. */
  set known(places: readonly Beginning[]) {
    const own = places.filter(({ topic }) => topic === this.topic)
    this.#waiting.known = new Map(own.map(each => [each.partition, each]))
  }

  /** Take what was written up to a timestamp (ms), in order within a partition. */
  take(timestamp: number): Collected<T>[] {
    return this.#waiting.take(timestamp, this.refuses)
  }

  /** Leave out a record of which it is recorded that it was refused for its time. */
  exclude({ partition, offset }: LogRecord): void {
    this.#waiting.exclude(partition, offset)
  }

  /** Refuse records from the future; not while it is recorded which were refused. */
  refuses = true

  /** What has been taken ends here: at the first record that waits, or where the reader stands. */
  positions(): Position[] {
    return this.#reader.positions().map(position => ({
      ...position,
      offset: this.#waiting.firstOf(position.partition) ?? position.offset,
    }))
  }

  get topic(): string {
    return this.#reader.positions()[0]!.topic
  }

  /** Records that no event has passed yet. */
  get waiting(): number {
    return this.#waiting.count
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #hasReadKnown(): boolean {
    const { known } = this.#waiting
    return (
      known.size === 0 ||
      this.#reader.positions().every(each => each.offset >= (known.get(each.partition)?.offset ?? 0))
    )
  }

  #passed(timestamp: number): boolean {
    if (this.#newest.size < this.#reader.partitions || !this.#hasReadKnown()) return false
    for (const [partition, newest] of this.#newest) {
      if (newest <= timestamp) return false
      // Dated far ahead, it may come from the future: those behind it tell.
      if (newest > timestamp + this.#maxFutureMs && this.#waiting.countOf(partition) < lookAhead) return false
    }
    return true
  }
}
