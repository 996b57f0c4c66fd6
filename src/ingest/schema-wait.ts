import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../errors.ts'
import type { LogRecord } from '../log/log.ts'
import type { BehaviourEvent } from '../records/definition.ts'
import type { Collector } from './collect/collect.ts'
import type { EventInput } from './order/event-input.ts'
import type { OrderedBatch } from './order/follow.ts'

/**
 * Events on their way in, of which some may wait for the schema registry.
 *
 * While it does not answer, what needs a schema waits, and what stands behind it in its partition; all else goes on. Where
 * the order of all records is recorded, what stands behind it at all waits. More than a batch does not wait: then nothing
 * is read until it answers.
 */
export class SchemaWait {
  readonly #events: Pick<EventInput, 'read' | 'isFollowing'>
  readonly #collector: Pick<Collector<BehaviourEvent>, 'prepare' | 'lacks'>
  readonly #batchSize: number
  readonly #onWaiting: (message: string) => void
  #held: OrderedBatch | null = null
  /** The registry is being asked; whether it answers now. */
  #asking: Promise<boolean> | null = null

  constructor(options: {
    events: Pick<EventInput, 'read' | 'isFollowing'>
    collector: Pick<Collector<BehaviourEvent>, 'prepare' | 'lacks'>
    batchSize: number
    onWaiting: (message: string) => void
  }) {
    this.#events = options.events
    this.#collector = options.collector
    this.#batchSize = options.batchSize
    this.#onWaiting = options.onWaiting
  }

  /** Records were read that wait. */
  get holds(): boolean {
    return this.#held !== null
  }

  /** What is there, waiting up to `waitMs` for it: what waits before what comes. */
  async read(waitMs: number, sequence: number): Promise<OrderedBatch> {
    const held = this.#held
    if (held === null) return this.#events.read(waitMs, sequence)
    if (this.#events.isFollowing || held.records.length >= this.#batchSize) return held
    const { records } = await this.#events.read(waitMs, sequence)
    return { records: [...held.records, ...records], lettersRecorded: false }
  }

  /** Those of the records that can be worked on now, null where none can; the rest is held. */
  async readable(batch: OrderedBatch, waitMs: number): Promise<OrderedBatch | null> {
    if ((this.#held === null || (await this.#answers(waitMs))) && (await this.#prepared(batch.records))) {
      this.#held = null
      return batch
    }
    const { ready, waiting } = split(batch, record => this.#collector.lacks(record))
    this.#held = waiting.records.length > 0 ? waiting : null
    if (ready.records.length > 0) return ready
    await delay(waitMs)
    return null
  }

  /** Asked beside the work: a registry that takes the question and says nothing holds up nobody else. */
  async #answers(waitMs: number): Promise<boolean> {
    this.#asking ??= this.#prepared(this.#held!.records).finally(() => {
      this.#asking = null
    })
    const pending = new AbortController()
    const patience = delay(waitMs, false, { signal: pending.signal }).catch(() => false)
    const answers = await Promise.race([this.#asking, patience])
    pending.abort()
    return answers
  }

  async #prepared(records: readonly LogRecord[]): Promise<boolean> {
    try {
      await this.#collector.prepare(records)
      return true
    } catch (error) {
      if (!(error instanceof RecstreamError) || !error.retriable) throw error
      // Once for what waits, not at each try.
      if (this.#held === null && records.some(record => this.#collector.lacks(record))) {
        this.#onWaiting(`${error.message} What needs no schema of it goes on, as far as the order of events allows.`)
      }
      return false
    }
  }
}

/** Parts of a batch, each in its order: nothing overtakes what stands before it in its partition, or in what is recorded. */
function split(
  batch: OrderedBatch,
  lacks: (record: LogRecord) => boolean,
): { ready: OrderedBatch; waiting: OrderedBatch } {
  const { records, recorded, lettersRecorded } = batch
  const shut = new Set<number>()
  const waits = records.map(record => {
    const place = recorded === undefined ? record.partition : 0
    if (!shut.has(place) && lacks(record)) shut.add(place)
    return shut.has(place)
  })
  const part = (waiting: boolean): OrderedBatch => ({
    records: records.filter((_, k) => waits[k] === waiting),
    ...(recorded === undefined ? {} : { recorded: recorded.filter((_, k) => waits[k] === waiting) }),
    lettersRecorded,
  })
  return { ready: part(false), waiting: part(true) }
}
