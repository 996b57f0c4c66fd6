import { encodeBlock } from '../codec/block.ts'
import { failpoint } from '../failpoint.ts'
import type { Log, OutgoingRecord, Producer } from '../log/log.ts'
import { newestPosition } from '../log/newest-position.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { largestOwn, type Topics } from '../records/topics.ts'
import type { DeadLetter } from '../records/warehouse.ts'
import { deadLetterNumberHeader, deadLetterRecord } from './collect/dead-letter.ts'
import { bytesOf, FittingAppends } from './fitting-appends.ts'
import { halvesOf } from './window/halves.ts'

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
  readonly #sequences: FittingAppends<InterestBlock>
  readonly #deadLetters: FittingAppends<DeadLetter>

  private constructor(producer: Producer, topics: Topics, pipeline: string, sequence: number, deadLetter: number) {
    this.#producer = producer
    this.#sequences = new FittingAppends(producer, topics.interestSequences, largestOwn, blockRecords)
    this.#deadLetters = new FittingAppends(producer, topics.deadLetters, largestOwn, (letter, largest) => [
      deadLetterRecord(letter, pipeline, largest),
    ])
    this.#publishedSequence = sequence
    this.#publishedDeadLetter = deadLetter
  }

  /** Shut out a predecessor that is still alive, then see how far it came; in this order, or it could still publish. */
  static async open(log: Log, topics: Topics, pipeline: string): Promise<Outbox> {
    const producer = await log.producer(`${pipeline}.ingest`)
    const [sequence, deadLetter] = await Promise.all([
      newestPosition(log, topics.interestSequences, lastHeader),
      newestPosition(log, topics.deadLetters, deadLetterNumberHeader),
    ])
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
      await this.#sequences.append(blocks)
      failpoint('publish.after')
      this.#publishedSequence = blocks.at(-1)!.sequence.at(-1)!
    }
    if (letters.length > 0) {
      await this.#deadLetters.append(letters)
      this.#publishedDeadLetter = letters.at(-1)!.number
    }
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}

/** A block as a record, or as several where it is too large for its topic. */
function blockRecords(block: InterestBlock, largest: number): OutgoingRecord[] {
  const last = block.sequence.length - 1
  const record: OutgoingRecord = {
    key: null,
    partition: 0,
    timestamp: Math.max(0, block.time[last]!),
    value: encodeBlock(block),
    headers: { 'recstream-first': String(block.sequence[0]), [lastHeader]: String(block.sequence[last]) },
  }
  const halves = bytesOf(record) > largest ? halvesOf(block) : null
  return halves === null ? [record] : halves.flatMap(half => blockRecords(half, largest))
}
