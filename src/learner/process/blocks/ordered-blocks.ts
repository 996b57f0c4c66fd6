import { blockOrderOf } from '../../../codec/block-order.ts'
import { RecstreamError } from '../../../errors.ts'
import { failpoint } from '../../../failpoint.ts'
import { readerThroughAgain } from '../../../log/again.ts'
import type { Log, Position, Reader } from '../../../log/log.ts'
import { type BlockTaken, type OrderReached, reachedWith, takenNext } from '../../../records/block-order.ts'
import type { Topics } from '../../../records/topics.ts'
import { blockOrderRecord } from '../records.ts'
import { type BlockRead, type Blocks, type Leading, mostAtOnce } from './blocks.ts'
import { PartReader } from './part-reader.ts'
import { furthest, isWithin, reachOf, readPiece } from './piece.ts'

/** A block that was recorded, and where its record stands. */
interface Recorded {
  taken: BlockTaken
  offset: number
}

/**
 * Blocks of several parts of ingest, in the order in which the learner took them.
 *
 * What was recorded is followed first. Whoever leads then reads all parts, as their blocks arrive, and records which it takes before
 * anybody learns from them; so a restart, a follower and a rebuild meet the same rows under the same numbers.
 */
export class OrderedBlocks implements Blocks {
  readonly #log: Log
  readonly #topics: Pick<Topics, 'blockOrder' | 'interestSequences'>
  readonly #order: Reader
  readonly #parts: readonly PartReader[]
  /** The learner's row with the newest one of each part. */
  readonly #rows: number[]
  #reached: OrderReached
  /** Recorded and not delivered, oldest first. */
  readonly #recorded: Recorded[] = []
  #leading: Leading | null = null
  /** Reads all parts, once the order is this one's to decide. */
  #all: Reader | null = null

  private constructor(log: Log, topics: Topics, order: Reader, reached: OrderReached) {
    const topic = topics.interestSequences
    this.#log = log
    this.#topics = topics
    this.#order = order
    this.#reached = reached
    this.#rows = reached.parts.map(() => reached.row)
    this.#parts = reached.parts.map((each, part) => new PartReader(log, { topic, part, reached: each }))
  }

  /** From a record of the order on, before which so much was reached. */
  static async open(log: Log, topics: Topics, from: { offset: number; reached: OrderReached }): Promise<OrderedBlocks> {
    const at = { topic: topics.blockOrder, partition: 0, offset: from.offset }
    const order = await log.reader([at], { name: 'learn', maxRecords: mostAtOnce })
    return new OrderedBlocks(log, topics, order, from.reached)
  }

  get parts(): number {
    return this.#parts.length
  }

  rowOf(part: number, row: number): number | null {
    return this.#reached.parts[part]!.row >= row ? this.#rows[part]! : null
  }

  async read(waitMs: number): Promise<BlockRead[]> {
    if (this.#leading === null) return this.#follow(waitMs)
    if (this.#all !== null) return this.#take(this.#all, this.#leading, waitMs)
    const followed = await this.#follow(0)
    if (followed.length > 0) return followed
    if (this.#recorded.length > 0 || !(await this.#order.caughtUp())) return this.#follow(waitMs)
    this.#all = await this.#openAll(this.#leading)
    return this.#take(this.#all, this.#leading, waitMs)
  }

  async caughtUp(): Promise<boolean> {
    if (this.#recorded.length > 0) return false
    if (this.#leading === null) return this.#order.caughtUp()
    return (await this.#all?.caughtUp()) ?? false
  }

  async isUndecided(): Promise<boolean> {
    if (this.#all !== null) return false
    for (const part of this.#parts) if (await part.hasMore()) return true
    return false
  }

  /** What the leader appends by itself comes by a little later: until then a checkpoint goes on before it. */
  get offset(): number {
    return this.#recorded[0]?.offset ?? this.#order.position(this.#topics.blockOrder, 0)
  }

  positions(left: readonly BlockRead[]): Position[] {
    const topic = this.#topics.interestSequences
    return this.#parts.map((part, partition) => {
      const first = left.find(({ record }) => record.topic === topic && record.partition === partition)
      return { topic, partition, offset: first?.record.offset ?? this.#all?.position(topic, partition) ?? part.offset }
    })
  }

  lead(leader: Leading): void {
    this.#leading = leader
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#order, ...this.#parts, ...(this.#all === null ? [] : [this.#all])].map(each => each.close()),
    )
  }

  /** What was recorded, as far as it is there. */
  async #follow(waitMs: number): Promise<BlockRead[]> {
    const read: BlockRead[] = []
    if (this.#recorded.length === 0) {
      for (const record of await this.#order.read(waitMs)) {
        const { offset } = record
        const order = blockOrderOf(record)
        if (order === null) read.push(readPiece(record, null, offset))
        else for (const taken of order.taken) this.#recorded.push({ taken, offset })
      }
    }
    while (read.length < mostAtOnce && this.#recorded.length > 0) {
      const { taken, offset } = this.#recorded[0]!
      const part = this.#parts[taken.part]!
      if (!part.has(taken)) {
        const piece = await part.next(taken, read.length === 0 ? waitMs : 0)
        if (piece === null) break
        read.push(readPiece(piece.record, piece.span === null ? null : { ...taken, ...piece.span }, offset))
      }
      if (!part.has(taken)) continue
      // Where its part goes on here may be elsewhere than where it went on then.
      this.#reach({ ...taken, offset: part.offset - 1 })
      this.#recorded.shift()
    }
    return read
  }

  /** What comes next from any part, once it is recorded. */
  async #take(all: Reader, leading: Leading, waitMs: number): Promise<BlockRead[]> {
    await this.#order.read(0)
    for (;;) {
      const records = await all.read(waitMs)
      const read: BlockRead[] = []
      const taken: BlockTaken[] = []
      let reached = this.#reached
      for (const record of records) {
        const { partition: part, offset } = record
        const reach = reachOf(record)
        const before = reached.parts[part]!
        if (reach === null) read.push(readPiece(record, null, this.offset))
        // It was published twice.
        if (reach === null || isWithin(reach, before)) continue
        const { row: to, change } = furthest(reach, before)
        const block = takenNext(reached, { part, to, change, offset })
        reached = reachedWith(reached, block)
        taken.push(block)
        read.push(readPiece(record, block, this.offset))
      }
      if (taken.length > 0) {
        failpoint('order.before')
        await leading.record(blockOrderRecord({ ...this.#reached, taken }, reached))
        failpoint('order.after')
      }
      for (const each of taken) this.#reach(each)
      if (read.length > 0 || records.length === 0) return read
    }
  }

  #reach(taken: BlockTaken): void {
    this.#reached = reachedWith(this.#reached, taken)
    this.#rows[taken.part] = this.#reached.row
  }

  async #openAll({ published }: Leading): Promise<Reader> {
    const { blockOrder, interestSequences: topic } = this.#topics
    if (this.#reached.row < published) {
      throw new RecstreamError(
        'OFFSET_OUT_OF_RANGE',
        `The end of ${blockOrder} is gone: it tells of rows up to ${this.#reached.row}, and row ${published} was published. Restore it, or give the pipeline another name.`,
      )
    }
    const from = this.#parts.map(({ offset }, partition) => ({ topic, partition, offset }))
    await Promise.all(this.#parts.map(part => part.close()))
    return readerThroughAgain(this.#log, from, { name: 'learn', maxRecords: mostAtOnce })
  }
}
