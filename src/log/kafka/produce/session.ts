import { RecstreamError } from '../../../errors.ts'
import type { Brokers } from './brokers.ts'
import { answerError, coordinatorBusy, coordinatorMoved, invalidTransactionState, unknownIdMapping } from './codes.ts'
import {
  addPartitionsRequest,
  endTransactionRequest,
  findCoordinatorRequest,
  initProducerIdRequest,
  type Node,
  type ProducerIdentity,
  type Request,
  renewProducerId,
  renewProducerIdRequest,
} from './requests.ts'

/** The coordinator is asked again after this long, and after longer each time up to the other, ms. */
const shortestPauseMs = 1
const longestPauseMs = 100
const largestSequence = 2 ** 31

/**
 * A transactional id that is ours: who we are to the brokers, how far each partition is numbered, and the transaction
 * that may be open.
 *
 * Each question to the coordinator is repeated until it is answered, by whichever broker coordinates then; closing the
 * brokers ends that.
 */
export class Session {
  readonly id: string
  readonly #timeoutMs: number
  #brokers: Brokers
  #coordinator: Node | null = null
  #identity: ProducerIdentity = { producerId: -1, epoch: -1 }
  readonly #sequences = new Map<string, number>()
  /** When the transaction that has not certainly ended was begun; null without one. */
  #begunAt: number | null = null
  #committing = false

  constructor(brokers: Brokers, id: string, timeoutMs: number) {
    this.#brokers = brokers
    this.id = id
    this.#timeoutMs = timeoutMs
  }

  get brokers(): Brokers {
    return this.#brokers
  }

  /** Go on over other connections. */
  set brokers(brokers: Brokers) {
    this.#brokers = brokers
    this.#coordinator = null
  }

  get identity(): ProducerIdentity {
    return this.#identity
  }

  /** Whether a transaction may be open. */
  get inTransaction(): boolean {
    return this.#begunAt !== null
  }

  /** Whether the coordinator may have ended the transaction by itself, which looks as if somebody had fenced us. */
  get mayHaveTimedOut(): boolean {
    return this.#begunAt !== null && performance.now() - this.#begunAt > this.#timeoutMs
  }

  /** Shut out whoever had this id. When it resolves, the transaction that was open has ended everywhere. */
  async start(): Promise<void> {
    this.#begin(await this.#ask(() => initProducerIdRequest(this.id, this.#timeoutMs)))
  }

  /**
   * End what is open, and see to it that nothing sent before can land any more. Says how the transaction ended.
   *
   * Refused with PRODUCER_FENCED where a newer process has the id; only brokers before 2.5 give it back to us then.
   */
  async renew(): Promise<'committed' | 'aborted'> {
    let ended: 'committed' | 'aborted' = 'aborted'
    if (this.#begunAt !== null) {
      const abort = () => endTransactionRequest(this.id, this.#identity, false)
      const { error } = await this.#ask(abort, [invalidTransactionState, unknownIdMapping])
      if (error === invalidTransactionState && this.#committing) ended = 'committed'
    }
    const renewal = async (coordinator: Node) =>
      (await this.#brokers.takes(coordinator, renewProducerId))
        ? renewProducerIdRequest(this.id, this.#timeoutMs, this.#identity)
        : initProducerIdRequest(this.id, this.#timeoutMs)
    const answer = await this.#ask(renewal, [unknownIdMapping])
    if (answer.error === 0) this.#begin(answer)
    else await this.start()
    return ended
  }

  /** Take partitions into a transaction, which this begins. */
  async add(topic: string, partitions: readonly number[]): Promise<void> {
    this.#begunAt ??= performance.now()
    await this.#ask(() => addPartitionsRequest(this.id, this.#identity, topic, partitions))
  }

  /** Resolves once it is certain that the transaction is committed. */
  async commit(): Promise<void> {
    this.#committing = true
    await this.#ask(() => endTransactionRequest(this.id, this.#identity, true))
    this.#committing = false
    this.#begunAt = null
  }

  /** Number of the next record for a partition. */
  sequence(topic: string, partition: number): number {
    return this.#sequences.get(`${topic}/${partition}`) ?? 0
  }

  /** So many records more are acknowledged. */
  advance(topic: string, partition: number, records: number): void {
    this.#sequences.set(`${topic}/${partition}`, (this.sequence(topic, partition) + records) % largestSequence)
  }

  #begin({ producerId, epoch }: ProducerIdentity): void {
    this.#identity = { producerId, epoch }
    this.#sequences.clear()
    this.#begunAt = null
    this.#committing = false
  }

  async #ask<Answer extends { error: number }>(
    question: (coordinator: Node) => Request<Answer> | Promise<Request<Answer>>,
    accepted: readonly number[] = [],
  ): Promise<Answer> {
    for (let pause = shortestPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
      const answer = await this.#askOnce(question)
      if (answer !== null) {
        if (answer.error === 0 || accepted.includes(answer.error)) return answer
        const error = answerError(answer.error)
        if (!coordinatorBusy.has(answer.error)) throw error
        this.#brokers.trouble = error.message
        if (coordinatorMoved.has(answer.error)) this.#coordinator = null
      }
      await this.#brokers.pause(pause)
    }
  }

  /** The answer, or null where there may be one in a moment. */
  async #askOnce<Answer>(
    question: (coordinator: Node) => Request<Answer> | Promise<Request<Answer>>,
  ): Promise<Answer | null> {
    const answer = await this.#brokers.unlessPassing(async () => {
      const coordinator = await this.#coordinatorNow()
      return this.#brokers.ask(coordinator, await question(coordinator))
    })
    if (answer === null) this.#coordinator = null
    return answer
  }

  async #coordinatorNow(): Promise<Node> {
    if (this.#coordinator !== null) return this.#coordinator
    const { error, said, node } = await this.#brokers.askAny(findCoordinatorRequest(this.id))
    if (error !== 0) {
      const refusal = answerError(error, said)
      this.#brokers.trouble = refusal.message
      if (coordinatorBusy.has(error)) throw new RecstreamError('LOG_UNAVAILABLE', refusal.message, { cause: refusal })
      throw refusal
    }
    this.#coordinator = node
    return node
  }
}
