import { encodeBlock } from '../codec/block.ts'
import { deadLetterRecord } from '../collect/dead-letter.ts'
import { failpoint } from '../failpoint.ts'
import type { Log, OutgoingRecord, Producer } from '../log/log.ts'
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
      await this.#producer.append(this.#topics.interestSequences, blocks.map(blockRecord))
      failpoint('publish.after')
      this.#publishedSequence = blocks.at(-1)!.sequence.at(-1)!
    }
    if (letters.length > 0) {
      await this.#producer.append(
        this.#topics.deadLetters,
        letters.map(letter => deadLetterRecord(letter, this.#pipeline)),
      )
      this.#publishedDeadLetter = letters.at(-1)!.number
    }
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}

/** The highest row number that the records of a topic say they reach, 0 for an empty topic. */
export async function newestPosition(log: Log, topic: string, header: string): Promise<number> {
  const records = await log.newest(topic)
  return Math.max(0, ...records.map(record => Number(record.headers[header]?.toString() ?? 0)))
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
