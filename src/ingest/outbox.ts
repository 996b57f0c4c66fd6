import { encodeBlock } from '../codec/block.ts'
import { deadLetterRecord } from '../collect/dead-letter.ts'
import { failpoint } from '../failpoint.ts'
import type { Log, LogRecord, OutgoingRecord, Producer } from '../log/log.ts'
import type { Topics } from '../pipeline/topics.ts'
import type { DeadLetter } from '../warehouse/warehouse.ts'
import type { InterestBlock } from '../window/sequence.ts'

/** Header with the row number that a record reaches; a restarted publisher goes on from the newest one. */
export const lastHeader = 'recstream-last'

/**
 * Publishes what the warehouse has committed. The tables are the outbox: every record says which row it reaches, so the
 * place to go on from is read off the output topic itself.
 */
export class Outbox {
  #publishedSequence: number
  #publishedDeadLetter: number
  readonly #producer: Producer
  readonly #topics: Topics
  readonly #pipeline: string

  private constructor(producer: Producer, topics: Topics, pipeline: string, sequence: number, deadLetter: number) {
    this.#producer = producer
    this.#topics = topics
    this.#pipeline = pipeline
    this.#publishedSequence = sequence
    this.#publishedDeadLetter = deadLetter
  }

  /** Shut out a predecessor that is still alive, then see how far it came; in this order, or it could still publish. */
  static async open(log: Log, topics: Topics, pipeline: string): Promise<Outbox> {
    const producer = await log.producer(`${pipeline}.ingest`)
    const sequence = await newestPosition(log, topics.interestSequences, lastHeader)
    const deadLetter = await newestPosition(log, topics.deadLetters, 'recstream-number')
    return new Outbox(producer, topics, pipeline, sequence, deadLetter)
  }

  get publishedSequence(): number {
    return this.#publishedSequence
  }

  get publishedDeadLetter(): number {
    return this.#publishedDeadLetter
  }

  async publish(blocks: readonly InterestBlock[], deadLetters: readonly DeadLetter[]): Promise<void> {
    const letters = deadLetters.filter(letter => letter.number > this.#publishedDeadLetter)
    if (blocks.length > 0) {
      failpoint('publish.before')
      for (const records of inPortions(blocks.map(blockRecord))) {
        await this.#producer.append(this.#topics.interestSequences, records)
      }
      failpoint('publish.after')
      this.#publishedSequence = blocks.at(-1)!.sequence.at(-1)!
    }
    if (letters.length > 0) {
      for (const records of inPortions(letters.map(letter => deadLetterRecord(letter, this.#pipeline)))) {
        await this.#producer.append(this.#topics.deadLetters, records)
      }
      this.#publishedDeadLetter = letters.at(-1)!.number
    }
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}

/**
 * The highest position that the records of a topic say they reach, 0 for an empty topic.
 *
 * Usually the newest record says it. Where somebody else has written to the topic the whole of it is read.
 */
export async function newestPosition(log: Log, topic: string, header: string): Promise<number> {
  const newest = (await log.newest(topic)).map(record => positionIn(record, header))
  if (newest.every(position => position !== null)) return Math.max(0, ...newest)
  const ranges = await log.ranges(topic)
  const reader = await log.reader(ranges.map(({ partition, first }) => ({ topic, partition, offset: first })))
  let highest = 0
  for (;;) {
    const records = await reader.read(100)
    for (const record of records) highest = Math.max(highest, positionIn(record, header) ?? 0)
    if (records.length === 0 && (await reader.caughtUp())) break
  }
  await reader.close()
  return highest
}

function positionIn(record: LogRecord, header: string): number | null {
  const text = record.headers[header]?.toString() ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** Appends of at most about this many bytes: one is held in memory whole, and lands whole or not at all. */
const portionBytes = 32 * 2 ** 20

function* inPortions(records: readonly OutgoingRecord[]): Generator<OutgoingRecord[]> {
  let portion: OutgoingRecord[] = []
  let bytes = 0
  for (const record of records) {
    const size = record.value?.length ?? 0
    if (portion.length > 0 && bytes + size > portionBytes) {
      yield portion
      portion = []
      bytes = 0
    }
    portion.push(record)
    bytes += size
  }
  if (portion.length > 0) yield portion
}

function blockRecord(block: InterestBlock): OutgoingRecord {
  const last = block.sequence.length - 1
  return {
    key: null,
    partition: 0,
    timestamp: Math.max(0, block.time[last]!),
    value: encodeBlock(block),
    headers: { 'recstream-first': String(block.sequence[0]), [lastHeader]: String(block.sequence[last]) },
  }
}
