import type { Log, LogRecord, Position, Reader } from '../../log/log.ts'
import { readOrEnd } from '../../log/read-or-end.ts'

/** Records and bytes that all partitions together may hold ahead of what is taken. */
const aheadRecords = 20_000
const aheadBytes = 32 * 2 ** 20

/** Partitions of one topic that are read each by itself, in whatever order is asked for. */
export class InputPartitions {
  readonly #log: Log
  readonly #topic: string
  readonly #open = new Map<number, { reader: Reader; records: LogRecord[]; at: number }>()
  /** The next offset to take, by partition. */
  readonly #next: Map<number, number>

  constructor(log: Log, topic: string, from: readonly Position[]) {
    this.#log = log
    this.#topic = topic
    this.#next = new Map(from.map(({ partition, offset }) => [partition, offset]))
  }

  /** Take the next record of a partition unless it stands behind an offset; null when there is none up to it. */
  async take(partition: number, upTo: number): Promise<LogRecord | null> {
    if (!this.#next.has(partition)) return null
    const ahead = this.#open.get(partition) ?? (await this.#begin(partition))
    if (ahead.at >= ahead.records.length) {
      ahead.records = (await readOrEnd(ahead.reader)) ?? []
      ahead.at = 0
      if (ahead.records.length === 0) return null
    }
    const record = ahead.records[ahead.at]!
    if (record.offset > upTo) return null
    ahead.at += 1
    this.#next.set(partition, record.offset + 1)
    return record
  }

  /** Where a reader of all partitions goes on. */
  positions(): Position[] {
    return Array.from(this.#next, ([partition, offset]) => ({ topic: this.#topic, partition, offset }))
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open.values(), ({ reader }) => reader.close()))
  }

  async #begin(partition: number): Promise<{ reader: Reader; records: LogRecord[]; at: number }> {
    const from = { topic: this.#topic, partition, offset: this.#next.get(partition)! }
    const share = Math.max(1, this.#next.size)
    const reader = await this.#log.reader([from], {
      name: 'events',
      maxRecords: Math.max(100, Math.floor(aheadRecords / share)),
      maxBytes: Math.max(256 * 1024, Math.floor(aheadBytes / share)),
    })
    const ahead = { reader, records: [], at: 0 }
    this.#open.set(partition, ahead)
    return ahead
  }
}
