import { GrowingReader } from '../../log/growing-reader.ts'
import type { Log, Position } from '../../log/log.ts'
import { owns, type Part } from '../../records/part.ts'
import type { Topics } from '../../records/topics.ts'
import { count } from '../../records/words.ts'
import type { Outbox } from '../outbox.ts'
import type { Stages } from '../stages.ts'
import { Follow, type OrderedBatch } from './follow.ts'

interface EventInputOptions {
  log: Log
  topics: Topics
  /** Records a batch. */
  batchSize: number
  part: Part
  /** Where the warehouse left the input: those partitions that the part owns. */
  from: readonly Position[]
  /** The newest row and dead letter that the warehouse holds. */
  newest: { sequence: number; deadLetter: number; change: number }
  outbox: Pick<Outbox, 'publishedSequence' | 'publishedDeadLetter' | 'publishedChange'>
  stages: Pick<Stages, 'sequence' | 'skipTo' | 'differences' | 'recordedChanges'>
  onRebuild: (message: string) => void
}

/** The behaviour events as ingest takes them: in the recorded order where the topics reach further than the warehouse, then as they arrive. */
export class EventInput {
  readonly #options: EventInputOptions
  #follow: Follow | null
  readonly #lacksRows: boolean
  #reader: GrowingReader | null = null

  private constructor(options: EventInputOptions, follow: Follow | null, lacksRows = false) {
    this.#options = options
    this.#follow = follow
    this.#lacksRows = lacksRows
  }

  static async open(options: EventInputOptions): Promise<EventInput> {
    const { log, topics, from, newest, outbox, part, onRebuild } = options
    const { publishedSequence, publishedDeadLetter, publishedChange } = outbox
    const lacksRows = publishedSequence > newest.sequence || publishedDeadLetter > newest.deadLetter
    if (!lacksRows && (publishedChange ?? 0) <= newest.change) {
      const input = new EventInput(options, null)
      await input.#readFrom(from)
      return input
    }
    const have = `The warehouse ends at row ${count(newest.sequence)} and interest-sequences at ${count(publishedSequence)}`
    if (lacksRows) onRebuild(`${have}: the rows between are built again as they were, in the order that is recorded.`)
    const follow = await Follow.open({ log, topics, from, after: newest, upTo: publishedSequence, part })
    return new EventInput(options, follow, lacksRows)
  }

  /** What is there, waiting up to `waitMs` for it; `sequence` is the newest row that was made. */
  async read(waitMs: number, sequence: number): Promise<OrderedBatch> {
    if (this.#follow !== null) {
      const batch = await this.#follow.read(this.#options.batchSize, sequence)
      if (batch !== null) return batch
      await this.#endFollowing(this.#follow)
    }
    return { records: await this.#reader!.read(waitMs), lettersRecorded: false }
  }

  /** Where it stands; everything that it has given must be on its way. */
  positions(): Position[] {
    return this.#follow?.positions() ?? this.#reader!.positions()
  }

  /** Records are taken as they were before. */
  get isFollowing(): boolean {
    return this.#follow !== null
  }

  async caughtUp(): Promise<boolean> {
    return this.#reader?.caughtUp() ?? false
  }

  async close(): Promise<void> {
    await this.#follow?.close()
    await this.#reader?.close()
  }

  async #endFollowing(follow: Follow): Promise<void> {
    const { stages, onRebuild } = this.#options
    await follow.close()
    await this.#readFrom(follow.positions())
    this.#follow = null
    stages.skipTo(Math.min(follow.reached, this.#options.outbox.publishedSequence))
    stages.recordedChanges = follow.recordedChanges
    if (!this.#lacksRows) return
    onRebuild(`The warehouse holds again what interest-sequences records, up to row ${count(stages.sequence)}.`)
    if (stages.differences.words !== null) onRebuild(stages.differences.words)
  }

  async #readFrom(from: readonly Position[]): Promise<void> {
    const { log, batchSize, part } = this.#options
    const isOurs = ({ partition }: { partition: number }) => owns(part, partition)
    this.#reader = await GrowingReader.open(log, from, { name: 'events', maxRecords: batchSize, isOurs })
  }
}
