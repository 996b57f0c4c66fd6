import { randomBytes } from 'node:crypto'
import { encodeBlock } from '../codec/block.ts'
import { failpoint } from '../failpoint.ts'
import type { Log, LogRecord, OutgoingRecord, Producer } from '../log/log.ts'
import { newestPosition } from '../log/newest-position.ts'
import { numberIn, publishedOn } from '../log/published.ts'
import { changeHeader, lastHeader } from '../records/block-headers.ts'
import { emptyBlock } from '../records/block-parts.ts'
import { mergesReadHeader } from '../records/command.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { ingestName, onlyPart, type Part } from '../records/part.ts'
import { largestOwn, type Topics } from '../records/topics.ts'
import type { DeadLetter, Published } from '../records/warehouse.ts'
import { deadLetterNumberHeader, deadLetterRecord } from './collect/dead-letter.ts'
import { bytesOf, FittingAppends } from './fitting-appends.ts'
import { halvesOf } from './window/halves.ts'

/** Header with what of profiles and items is known from the beginning; a pipeline that knew nothing has none. */
const knownHeader = 'recstream-known'

/**
 * Header with the key of the duplicate filter, drawn at the first start. Here it outlives the folder, and whoever only
 * produces events cannot read it.
 */
const filterKeyHeader = 'recstream-filter-key'

/** A block and what its partition reaches before it. */
interface Piece {
  block: InterestBlock
  before: Published
  /** What every record says besides. */
  said: Record<string, string>
  partition: number
}

/**
 * Publishes what the warehouse has committed. The tables are the outbox: every record says which row it reaches, so the
 * place to go on from is read off the output topic itself.
 */
export class Outbox {
  #published: Published
  #publishedDeadLetter: number
  /** The topic tells of changes; one from before there were any does not. */
  readonly #tellsChanges: boolean
  readonly #producer: Producer
  /** Of interest-sequences and dead-letters: the part's. */
  readonly #partition: number
  #known: string | null
  /** Key of the duplicate filter, 16 hexadecimal digits; said on every block. */
  readonly filterKey: string
  readonly #sequences: FittingAppends<Piece>
  readonly #deadLetters: FittingAppends<DeadLetter>

  private constructor(
    producer: Producer,
    topics: Topics,
    pipeline: string,
    { reach, deadLetter, partition }: { reach: Reach; deadLetter: number; partition: number },
  ) {
    this.#producer = producer
    this.#partition = partition
    this.#known = reach.known
    this.filterKey = reach.filterKey ?? randomBytes(8).toString('hex')
    this.#sequences = new FittingAppends(producer, topics.interestSequences, largestOwn, blockRecords)
    this.#deadLetters = new FittingAppends(producer, topics.deadLetters, largestOwn, (letter, largest) => [
      { ...deadLetterRecord(letter, pipeline, largest), partition },
    ])
    this.#tellsChanges = reach.change !== null || reach.sequence === 0
    this.#published = { sequence: reach.sequence, change: reach.change ?? 0 }
    this.#publishedDeadLetter = deadLetter
  }

  /** Shut out a predecessor that is still alive, then see how far it came; in this order, or it could still publish. */
  static async open(log: Log, topics: Topics, pipeline: string, part: Part = onlyPart): Promise<Outbox> {
    const partition = part.part
    const producer = await log.producer(ingestName(pipeline, part), [topics.interestSequences, topics.deadLetters])
    const [blocks, deadLetter] = await Promise.all([
      publishedOn(log, topics.interestSequences, reachIn, { isLater, partition }),
      newestPosition(log, topics.deadLetters, deadLetterNumberHeader, partition),
    ])
    const reach = blocks.furthest ?? { sequence: 0, change: null, known: null, filterKey: null }
    return new Outbox(producer, topics, pipeline, { reach, deadLetter, partition })
  }

  /** The newest row and the newest change on the topic. */
  get published(): Published {
    return this.#published
  }

  get publishedSequence(): number {
    return this.#published.sequence
  }

  /** The newest change on the topic; null where it was begun before there were any, and none has come since. */
  get publishedChange(): number | null {
    return this.#tellsChanges || this.#published.change > 0 ? this.#published.change : null
  }

  get publishedDeadLetter(): number {
    return this.#publishedDeadLetter
  }

  /** What every block says is known from the beginning. */
  get known(): string | null {
    return this.#known
  }

  /** Say on a block that holds nothing, and on all that follow, what is known from the beginning. */
  async begin(known: string): Promise<void> {
    this.#known = known
    await this.#sequences.append([this.#piece(emptyBlock(), this.#published, 0)])
  }

  /** `commandsRead` is where the commands topic was read to when the blocks were made; 0 where that is not known any more. */
  async publish(blocks: readonly InterestBlock[], deadLetters: readonly DeadLetter[], commandsRead = 0): Promise<void> {
    const letters = deadLetters.filter(letter => letter.number > this.#publishedDeadLetter)
    if (blocks.length > 0) {
      let reach = this.#published
      const pieces = blocks.map(block => {
        const before = reach
        reach = reachAfter(block, before)
        return this.#piece(block, before, commandsRead)
      })
      failpoint('publish.before')
      await this.#sequences.append(pieces)
      failpoint('publish.after')
      this.#published = reach
    }
    if (letters.length > 0) {
      await this.#deadLetters.append(letters)
      this.#publishedDeadLetter = letters.at(-1)!.number
    }
  }

  #piece(block: InterestBlock, before: Published, commandsRead: number): Piece {
    const said = {
      ...{ [mergesReadHeader]: String(commandsRead), [filterKeyHeader]: this.filterKey },
      ...(this.#known === null ? {} : { [knownHeader]: this.#known }),
    }
    return { block, before, said, partition: this.#partition }
  }

  close(): Promise<void> {
    return this.#producer.close()
  }
}

interface Reach {
  sequence: number
  /** Null where the record says none. */
  change: number | null
  known: string | null
  /** Null on a block from before there was one. */
  filterKey: string | null
}

function reachIn(record: LogRecord): Reach | null {
  const sequence = numberIn(record, lastHeader)
  if (sequence === null) return null
  const known = record.headers[knownHeader]?.toString() ?? null
  return {
    ...{ sequence, change: numberIn(record, changeHeader), known },
    filterKey: record.headers[filterKeyHeader]?.toString() ?? null,
  }
}

function isLater(a: Reach, b: Reach): boolean {
  return a.sequence === b.sequence ? (a.change ?? 0) > (b.change ?? 0) : a.sequence > b.sequence
}

function reachAfter({ sequence, changes }: InterestBlock, before: Published): Published {
  return { sequence: sequence.at(-1) ?? before.sequence, change: changes.at(-1)?.number ?? before.change }
}

/** A block as a record, or as several where it is too large for its topic. */
function blockRecords({ block, before, said, partition }: Piece, largest: number): OutgoingRecord[] {
  const { sequence, change } = reachAfter(block, before)
  const first = block.sequence[0] ?? sequence + 1
  const record: OutgoingRecord = {
    key: null,
    partition,
    timestamp: Math.max(0, block.time.at(-1) ?? 0),
    value: encodeBlock(block),
    headers: {
      ...{ 'recstream-first': String(first), [lastHeader]: String(sequence), [changeHeader]: String(change) },
      ...said,
    },
  }
  const halves = bytesOf(record) > largest ? halvesOf(block) : null
  if (halves === null) return [record]
  const [earlier, second] = halves
  return [
    ...blockRecords({ block: earlier, before, said, partition }, largest),
    ...blockRecords({ block: second, before: reachAfter(earlier, before), said, partition }, largest),
  ]
}
