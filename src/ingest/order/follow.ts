import { RecstreamError } from '../../errors.ts'
import type { Log, LogRecord, Position } from '../../log/log.ts'
import type { BehaviourEvent } from '../../records/definition.ts'
import type { Part } from '../../records/part.ts'
import type { Topics } from '../../records/topics.ts'
import type { Collected } from '../collect/collect.ts'
import { isForgottenLetter, type ReadDeadLetter } from '../collect/dead-letter.ts'
import { InputPartitions } from './input-partitions.ts'
import { type Decision, RecordedOrder, type RecordedRow } from './recorded-order.ts'

/** What is recorded of a record: how it was kept, how it was rejected, or only that it was not kept. */
export type Recorded = Decision | 'not-kept'

/** A collected record; `recorded` where it was judged before. */
export type Entry = Collected<BehaviourEvent> & { recorded?: Recorded }

/** Records in the order in which they are taken in. */
export interface OrderedBatch {
  records: LogRecord[]
  /** What is recorded of each; absent where the stages decide. */
  recorded?: Recorded[]
  /** Dead letters that are still to come say what else was rejected: the stages make none of their own. */
  lettersRecorded: boolean
}

interface FollowOptions {
  log: Log
  topics: Topics
  /** Where the warehouse left the input. */
  from: readonly Position[]
  /** The newest row and dead letter that the warehouse holds. */
  after: { sequence: number; deadLetter: number }
  /** The newest row that is published. */
  upTo: number
  part?: Part
}

/**
 * Takes records from the input partitions in the order in which they were taken before, as far as that is recorded.
 *
 * Every record was either kept or rejected. One that was rejected and whose dead letter is gone comes as late as its
 * partition allows: before the next one of that partition that is recorded.
 */
export class Follow {
  readonly #order: RecordedOrder
  readonly #inputs: InputPartitions
  readonly #topic: string
  readonly #partitions: number
  readonly #upTo: number
  #next: Decision | null = null
  /** The rows before the next one were made without their order. */
  #withoutOrder = false

  private constructor(order: RecordedOrder, { log, topics, from, upTo }: FollowOptions) {
    this.#order = order
    this.#topic = topics.behaviourEvents
    this.#inputs = new InputPartitions(log, this.#topic, from)
    this.#partitions = from.length
    this.#upTo = upTo
  }

  static async open(options: FollowOptions): Promise<Follow> {
    return new Follow(await RecordedOrder.open(options.log, options.topics, options.after, options.part), options)
  }

  /** The next records, given the newest row that the stages have made; null when what comes now is not recorded. */
  async read(limit: number, sequence: number): Promise<OrderedBatch | null> {
    const row = this.#next !== null && 'row' in this.#next ? this.#next.row : await this.#order.row()
    let expected = sequence + 1
    if (row === null && this.#order.reached < this.#upTo && sequence < this.#upTo) {
      this.#checkOnePartition(expected, this.#upTo)
      return null
    }
    if (row !== null && !isNext(row, expected)) {
      this.#withoutOrder = true
      return { records: await this.#unrecorded(row, expected, limit), lettersRecorded: false }
    }
    const lettersRecorded = await this.#order.hasLetters()
    const records: LogRecord[] = []
    const recorded: Recorded[] = []
    const add = (record: LogRecord, how: Recorded) => {
      records.push(record)
      recorded.push(how)
    }
    while (records.length < limit) {
      this.#next ??= await this.#order.next()
      const next = this.#next
      if (next === null) {
        if (records.length === 0) return null
        break
      }
      if ('letter' in next && this.#withoutOrder) {
        // The stages have made it themselves.
        this.#next = null
        continue
      }
      if ('row' in next && !isNext(next.row, expected)) break
      const place = 'row' in next ? next.row : next.letter
      const found = await this.#find(place)
      if (found !== null && found.offset < place.offset) {
        add(found, 'not-kept')
        continue
      }
      this.#next = null
      if ('row' in next) {
        if (found === null) throw this.#lost(next.row)
        this.#withoutOrder = false
        add(found, next)
        expected = next.row.sequence + 1
      } else {
        // Its record may still stand where it was; what it held is not to come back.
        add(found === null || isForgottenLetter(next.letter) ? recordOf(next.letter) : found, next)
        if (!(await this.#order.hasLetters())) break
      }
    }
    return { records, recorded, lettersRecorded }
  }

  /** Where the input goes on behind what was recorded. */
  positions(): Position[] {
    return this.#inputs.positions()
  }

  /** The newest row of which the topic tells, be it that it was forgotten. */
  get reached(): number {
    return this.#order.reached
  }

  /** What the topic tells of profiles and items, as far as it was read. */
  get recordedChanges(): ReadonlyMap<string, number> {
    return this.#order.changes
  }

  async close(): Promise<void> {
    await Promise.all([this.#order.close(), this.#inputs.close()])
  }

  /** The next record of a partition up to a place; null where there is none, or that of another topic is asked for. */
  async #find({ topic = this.#topic, partition, offset }: Place): Promise<LogRecord | null> {
    return topic === this.#topic ? this.#inputs.take(partition, offset) : null
  }

  /** Retention has removed the beginning of the order. A single partition has only one, so it can do without. */
  async #unrecorded(row: RecordedRow, expected: number, limit: number): Promise<LogRecord[]> {
    this.#checkOnePartition(expected, row.sequence - 1)
    const records: LogRecord[] = []
    while (records.length < limit) {
      const record = await this.#inputs.take(row.partition, row.offset - 1)
      if (record === null) break
      records.push(record)
    }
    if (records.length > 0 && row.sequence > expected) return records
    throw new RecstreamError(
      'REBUILD_FAILED',
      `Row ${row.sequence} was made of ${this.#topic}/${row.partition}@${row.offset}, and the records before it now give ${expected - 1} rows; ${advice}`,
    )
  }

  #checkOnePartition(first: number, last: number): void {
    if (this.#partitions === 1) return
    throw new RecstreamError(
      'REBUILD_FAILED',
      `The order of the rows ${first} to ${last} is gone from interest-sequences, and without it several partitions cannot be read as they were; ${advice}`,
    )
  }

  #lost({ sequence, partition, offset }: RecordedRow): RecstreamError {
    return new RecstreamError(
      'OFFSET_OUT_OF_RANGE',
      `Row ${sequence} was made of ${this.#topic}/${partition}@${offset}, which is not in the log any more; ${advice}`,
    )
  }
}

/** A row follows upon another where all between them were forgotten. */
function isNext({ sequence, forgottenFrom }: RecordedRow, expected: number): boolean {
  return expected <= sequence && expected >= forgottenFrom
}

const advice = 'restore the topic or a newer copy of the warehouse, or begin a pipeline under another name.'

interface Place {
  topic?: string
  partition: number
  offset: number
}

/** What a dead letter holds of its record. */
function recordOf({ topic, partition, offset, timestamp, key, value, headers }: ReadDeadLetter): LogRecord {
  return { topic, partition, offset, timestamp, key, value, headers }
}
