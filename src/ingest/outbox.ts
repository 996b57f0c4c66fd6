import { encodeBlock } from '../codec/block.ts'
import { failpoint } from '../failpoint.ts'
import type { Log, OutgoingRecord, Producer } from '../log/log.ts'
import { newestPosition } from '../log/newest-position.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { Topics } from '../records/topics.ts'
import type { DeadLetter } from '../records/warehouse.ts'
import { deadLetterNumberHeader, deadLetterRecord } from './collect/dead-letter.ts'

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
    const deadLetter = await newestPosition(log, topics.deadLetters, deadLetterNumberHeader)
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
