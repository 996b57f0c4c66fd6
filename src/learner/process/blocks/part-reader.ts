import { readerThroughAgain } from '../../../log/again.ts'
import type { Log, LogRecord, Reader } from '../../../log/log.ts'
import type { BlockTaken, PartReached } from '../../../records/block-order.ts'
import { furthest, isWithin, type Reach, reachOf } from './piece.ts'

/** Of a part that runs ahead, no more is read than so many blocks, or bytes. */
const ahead = { maxRecords: 4, maxBytes: 4 * 1024 * 1024 }

/** What of a record is taken; null: nothing, since none of ours wrote it. */
export interface Piece {
  record: LogRecord
  span: Pick<BlockTaken, 'from' | 'to' | 'changeFrom' | 'change'> | null
}

/**
 * Reads one part by rows and changes, in whatever records they stand: a block may have been published twice, in other pieces, or
 * appended again elsewhere. Nothing is opened before it is read from.
 */
export class PartReader {
  readonly #log: Log
  readonly #topic: string
  readonly #part: number
  #reach: Reach
  #offset: number
  #reader: Reader | null = null
  /** Read and not, or not wholly, taken. */
  #records: LogRecord[] = []

  constructor(log: Log, { topic, part, reached }: { topic: string; part: number; reached: PartReached }) {
    this.#log = log
    this.#topic = topic
    this.#part = part
    this.#reach = { row: reached.row, change: reached.change }
    this.#offset = reached.offset
  }

  /** Where its partition is read on. */
  get offset(): number {
    return this.#records[0]?.offset ?? this.#reader?.position(this.#topic, this.#part) ?? this.#offset
  }

  /** Whether all of a block is read. */
  has({ to, change }: BlockTaken): boolean {
    return isWithin({ row: to, change }, this.#reach)
  }

  /** The next piece of a block; null where it does not come within `waitMs`. */
  async next({ from, to, changeFrom, change }: BlockTaken, waitMs: number): Promise<Piece | null> {
    const upTo = { row: to, change }
    this.#reach = furthest(this.#reach, { row: from, change: changeFrom })
    for (;;) {
      const record = await this.#first(waitMs)
      if (record === null) return null
      const reach = reachOf(record)
      const before = this.#reach
      if (reach === null) this.#records.shift()
      if (reach === null) return { record, span: null }
      const { row, change: newest } = reach
      this.#reach = furthest(before, row > to ? upTo : { row, change: Math.min(newest, change) })
      // It was published twice.
      const isNothing = isWithin(this.#reach, before)
      if (isNothing || isWithin(reach, upTo)) this.#records.shift()
      if (isNothing) continue
      const after = this.#reach
      return { record, span: { from: before.row, to: after.row, changeFrom: before.change, change: after.change } }
    }
  }

  /** Whether a block stands behind what was taken. */
  async hasMore(): Promise<boolean> {
    for (;;) {
      const record = await this.#first(0)
      if (record === null) return false
      const reach = reachOf(record)
      if (reach !== null && !isWithin(reach, this.#reach)) return true
      this.#records.shift()
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
  }

  /** The first record that is not wholly taken. */
  async #first(waitMs: number): Promise<LogRecord | null> {
    const from = [{ topic: this.#topic, partition: this.#part, offset: this.#offset }]
    this.#reader ??= await readerThroughAgain(this.#log, from, { name: 'learn', ...ahead })
    if (this.#records.length === 0) this.#records = await this.#reader.read(waitMs)
    return this.#records[0] ?? null
  }
}
