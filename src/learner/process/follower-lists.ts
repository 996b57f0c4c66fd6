import { RecstreamError } from '../../errors.ts'
import type { Log, Producer } from '../../log/log.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { Recommendation } from '../../records/recommendation.ts'
import { topicsOf } from '../../records/topics.ts'
import type { AskedLists } from './asked-lists.ts'
import { besideRecord } from './records.ts'

/**
 * Publishes the lists that a follower was asked for, beside those of the leader: they say who made them, and nothing of how far
 * the leader has come.
 *
 *     const lists = new FollowerLists({ definition, log, follower: 'host-1.4711', onNotice })
 *     lists.publish(asked)   // nobody waits for it; what is on its way goes first
 */
export class FollowerLists {
  readonly #log: Log
  readonly #definition: PipelineDefinition
  readonly #follower: string
  readonly #onNotice: (message: string) => void
  #producer: Producer | null = null
  #publishing: Promise<void> | null = null
  #failure: { error: unknown } | null = null
  #isToldOf = false
  /** What the log has not taken yet. */
  #left: readonly Recommendation[] = []
  /** Lists that were published. */
  count = 0

  constructor(options: {
    definition: PipelineDefinition
    log: Log
    /** A name that no other process has, and one that is started again in its place has, too: its producer goes by it. */
    follower: string
    onNotice: (message: string) => void
  }) {
    this.#definition = options.definition
    this.#log = options.log
    this.#follower = options.follower
    this.#onNotice = options.onNotice
  }

  /**
   * A process of this name was killed: what it was about to publish is ended, so that nobody who reads lists waits until the log
   * does that by itself.
   */
  async endLeftOpen(): Promise<void> {
    this.#producer ??= await this.#log.producer(this.#producerId).catch((error: unknown) => {
      if (!mayPass(error)) throw error
      return null
    })
  }

  /** Begin to publish what waits, unless what waited before is on its way still. */
  publish(asked: Pick<AskedLists, 'take'>): void {
    if (this.#failure !== null) throw this.#failure.error
    if (this.#publishing !== null) return
    if (this.#left.length === 0) this.#left = asked.take()
    if (this.#left.length === 0) return
    this.#publishing = this.#append()
      .catch(error => {
        this.#failure = { error }
      })
      .finally(() => {
        this.#publishing = null
      })
  }

  /** What waits is published, if the log takes it. */
  async close(asked: Pick<AskedLists, 'take'>): Promise<void> {
    await this.#publishing
    if (this.#failure === null) this.publish(asked)
    await this.#publishing
    await this.#producer?.close()
  }

  get #producerId(): string {
    return `${this.#definition.name}.follow.${this.#follower}`
  }

  async #append(): Promise<void> {
    const { name, encoding } = this.#definition
    const records = this.#left.map(list => besideRecord(list, encoding, this.#follower))
    try {
      this.#producer ??= await this.#log.producer(this.#producerId)
      await this.#producer.append(topicsOf(name).recommendations, records)
      this.count += records.length
      this.#left = []
      this.#isToldOf = false
    } catch (error) {
      // A producer may be of no use after a failure.
      await this.#producer?.close().catch(() => {})
      this.#producer = null
      if (!mayPass(error)) throw error
      // They may stand there by now: whoever reads has an id once. To learn again for their sake would cost more.
      if (!this.#isToldOf) this.#onNotice(`Lists that were asked for here wait to be published: ${error.message}`)
      this.#isToldOf = true
    }
  }
}

/** Nobody has the follower's producer but itself: where it is shut out, a broker was away for long. */
function mayPass(error: unknown): error is RecstreamError {
  return error instanceof RecstreamError && (error.retriable || error.code === 'PRODUCER_FENCED')
}
