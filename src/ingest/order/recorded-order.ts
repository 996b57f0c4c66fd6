import { blockOf } from '../../codec/block.ts'
import { backwards } from '../../log/backwards.ts'
import type { Log, LogRecord, Reader } from '../../log/log.ts'
import { numberIn } from '../../log/published.ts'
import { readOrEnd } from '../../log/read-or-end.ts'
import { recordsUpTo } from '../../log/records-up-to.ts'
import { lastHeader } from '../../records/block-headers.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import { onlyPart, type Part } from '../../records/part.ts'
import type { Topics } from '../../records/topics.ts'
import { deadLetterNumberHeader, type ReadDeadLetter, readDeadLetter } from '../collect/dead-letter.ts'
import { placeOf } from '../join/known-changes.ts'

/** So many offsets are looked at first where something is to be followed from near the end. */
const lookedBack = 64

/** A kept event as interest-sequences records it. */
export interface RecordedRow {
  sequence: number
  /** The first of the rows right before it that were forgotten; its own number where none was. */
  forgottenFrom: number
  partition: number
  offset: number
  userId: string
  itemId: string
  behaviour: string
  time: number
  reward: number
  liked: boolean
  /** As they were joined then, a JSON array of tokens each. */
  userFeatures: string
  itemFeatures: string
}

/** What came next: an event that was kept, or a record that was rejected. */
export type Decision = { row: RecordedRow } | { letter: ReadDeadLetter }

/**
 * The order in which records were taken in, as it was written down: kept events stand in interest-sequences, rejected
 * records in dead-letters, each with the row that it came after.
 *
 *     const order = await RecordedOrder.open(log, topics, { sequence: 0, deadLetter: 0 })
 *     for (let next = await order.next(); next !== null; next = await order.next()) …
 *
 * A dead letter that does not say its place comes as late as the rows of its own partition allow; so many of them as stand
 * together are held in memory.
 */
export class RecordedOrder {
  readonly #behaviourEvents: string
  readonly #rowReader: Reader
  readonly #letterReader: Reader
  readonly #rows = new Ahead<RecordedRow>()
  readonly #letters = new Ahead<ReadDeadLetter>()
  /** The newest record of profiles and items of which a block tells, by kind and partition. */
  readonly changes = new Map<string, number>()
  /** The newest row and dead letter that were read. */
  #sequence: number
  #deadLetter: number
  /** The newest row that a block reaches, itself or what is left of it. */
  reached: number
  /** Letters without a place that the others stand behind. */
  #leading = 0
  /** Offsets on behaviour-events of letters without a place, by partition; they rise. */
  readonly #placeless = new Map<number, number[]>()

  private constructor(topics: Topics, readers: [rows: Reader, letters: Reader], after: Place) {
    this.#behaviourEvents = topics.behaviourEvents
    ;[this.#rowReader, this.#letterReader] = readers
    this.#sequence = after.sequence
    this.reached = after.sequence
    this.#deadLetter = after.deadLetter
  }

  /** What was recorded after a row and a dead letter. */
  static async open(log: Log, topics: Topics, after: Place, { part }: Part = onlyPart): Promise<RecordedOrder> {
    const reader = async (topic: string, isBehind: (record: LogRecord) => boolean) => {
      const offset = await offsetBehind(log, { topic, partition: part }, isBehind)
      return log.reader([{ topic, partition: part, offset }], { name: 'order', maxRecords: 16 })
    }
    const { sequence, deadLetter } = after
    return new RecordedOrder(
      topics,
      [
        // Blocks that reach no further than the newest row may tell of changes behind it.
        await reader(topics.interestSequences, record => (numberIn(record, lastHeader) ?? sequence) < sequence),
        await reader(
          topics.deadLetters,
          record => (numberIn(record, deadLetterNumberHeader) ?? deadLetter) < deadLetter,
        ),
      ],
      after,
    )
  }

  async next(): Promise<Decision | null> {
    const row = await this.row()
    const letterFirst = row === null ? await this.#hasLetter(0) : await this.#isLetterBefore(row)
    if (letterFirst) return { letter: this.#takeLetter() }
    return row === null ? null : { row: this.#rows.take() }
  }

  /** The next kept event, left where it is; null when none is to come. */
  async row(): Promise<RecordedRow | null> {
    while (this.#rows.length === 0) {
      const records = await readOrEnd(this.#rowReader)
      if (records === null) return null
      for (const row of records.flatMap(record => this.#rowsOf(record))) {
        // A block may have been published twice.
        if (row.sequence <= this.#sequence) continue
        this.#sequence = row.sequence
        this.#rows.add(row)
      }
    }
    return this.#rows.at(0)
  }

  /** Whether a dead letter is still to come. */
  hasLetters(): Promise<boolean> {
    return this.#hasLetter(0)
  }

  async close(): Promise<void> {
    await Promise.all([this.#rowReader.close(), this.#letterReader.close()])
  }

  /** Whether the next letter came before a row. */
  async #isLetterBefore(row: RecordedRow): Promise<boolean> {
    for (;;) {
      const [offset] = this.#placeless.get(row.partition) ?? []
      if (offset !== undefined && offset < row.offset) return true
      if (!(await this.#hasLetter(this.#leading))) return false
      const { after } = this.#letters.at(this.#leading)
      if (after !== undefined) return after < row.sequence
      this.#leading += 1
    }
  }

  /** Rows of a record; none where somebody else wrote to the topic. */
  #rowsOf(record: LogRecord): RecordedRow[] {
    const block = blockOf(record)
    if (block === null) return []
    for (const change of block.changes) {
      if (change.kind !== 'excluded') this.changes.set(placeOf(change), change.offset)
    }
    const rows = rowsOf(block)
    const first = numberIn(record, 'recstream-first') ?? rows[0]?.sequence ?? this.reached + 1
    // What is missing of the rows that a block says it holds was forgotten.
    let from = first <= this.reached + 1 ? Math.min(this.#forgottenFrom ?? first, first) : first
    for (const row of rows) {
      row.forgottenFrom = Math.min(from, row.sequence)
      from = row.sequence + 1
    }
    this.reached = Math.max(this.reached, rows.at(-1)?.sequence ?? 0, numberIn(record, lastHeader) ?? 0)
    this.#forgottenFrom = from
    return rows
  }

  /** The first row behind the last one that a block held. */
  #forgottenFrom: number | null = null

  async #hasLetter(at: number): Promise<boolean> {
    while (at >= this.#letters.length) {
      const records = await readOrEnd(this.#letterReader)
      if (records === null) return false
      for (const record of records) this.#addLetter(readDeadLetter(record))
    }
    return true
  }

  #addLetter(letter: ReadDeadLetter | null): void {
    if (letter === null || letter.number <= this.#deadLetter) return
    this.#deadLetter = letter.number
    this.#letters.add(letter)
    if (!this.#isPlaceless(letter)) return
    const offsets = this.#placeless.get(letter.partition)
    if (offsets === undefined) this.#placeless.set(letter.partition, [letter.offset])
    else offsets.push(letter.offset)
  }

  #takeLetter(): ReadDeadLetter {
    const letter = this.#letters.take()
    this.#leading = Math.max(0, this.#leading - 1)
    if (this.#isPlaceless(letter)) this.#placeless.get(letter.partition)!.shift()
    return letter
  }

  #isPlaceless({ after, topic }: ReadDeadLetter): boolean {
    return after === undefined && topic === this.#behaviourEvents
  }
}

/** An offset behind which nothing but what is behind is missing: usually near the end, and else the first one. */
async function offsetBehind(
  log: Log,
  { topic, partition }: { topic: string; partition: number },
  isBehind: (record: LogRecord) => boolean,
): Promise<number> {
  const range = (await log.ranges(topic))[partition]!
  for (const stretch of backwards(range, lookedBack)) {
    for await (const record of recordsUpTo(log, topic, stretch)) {
      if (isBehind(record)) return record.offset
      break
    }
  }
  return range.first
}

interface Place {
  sequence: number
  deadLetter: number
}

/** What was read and not taken yet. */
class Ahead<T> {
  #items: T[] = []
  #from = 0

  get length(): number {
    return this.#items.length - this.#from
  }

  at(place: number): T {
    return this.#items[this.#from + place]!
  }

  add(item: T): void {
    if (this.#from === this.#items.length) {
      this.#items = []
      this.#from = 0
    }
    this.#items.push(item)
  }

  take(): T {
    return this.#items[this.#from++]!
  }
}

/** Rows of a block. */
function rowsOf(block: InterestBlock): RecordedRow[] {
  const rows: RecordedRow[] = []
  for (let k = 0; k < block.sequence.length; k++) {
    const user = block.users[block.user[k]!]!
    const item = block.items[block.item[k]!]!
    rows.push({
      sequence: block.sequence[k]!,
      forgottenFrom: block.sequence[k]!,
      partition: block.partition[k]!,
      offset: block.offset[k]!,
      userId: user.id,
      itemId: item.id,
      behaviour: block.behaviours[block.behaviour[k]!]!,
      time: block.time[k]!,
      reward: block.reward[k]!,
      liked: block.like[k] === 1,
      userFeatures: user.features,
      itemFeatures: item.features,
    })
  }
  return rows
}
