import { RecstreamError } from '../../../errors.ts'
import { transactionStateRequest } from '../transaction-requests.ts'
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
/** Where connections break all the time, that is not for a coordinator that starts again. */
const endedAgainAtMost = 3

/** A partition, by topic. */
export interface Place {
  topic: string
  partition: number
}

/** A transaction whose end is decided, but may not be written in its partitions. */
interface Ended {
  places: readonly Place[]
  commit: boolean
  /** How many connections had been begun when it began. */
  openings: number
}

/**
 * A transactional id that is ours: who we are to the brokers, how far each partition is numbered, and the transaction
 * that may be open.
 *
 * Each question to the coordinator is repeated until it is answered, by whichever broker coordinates then; closing the
 * brokers ends that.
 *
 * A transaction's end is decided by its coordinator, which then has markers written in the partitions. One that starts again in
 * between passes over partitions that have no leader at that moment (seen with Kafka 4.3.1): the transaction is over, and stays open in
 * the partition for ever, so that nobody can read beyond it, and the next one's end would decide for both. So where a connection
 * was made anew since a transaction began, it is ended once more, by an empty one over the same partitions, before the next.
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
  /** Partitions of it, and how many connections had been begun before it. */
  #places: Place[] = []
  #openings = 0
  /** The one before it. */
  #last: Ended | null = null

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
    // No number of the others' may look like one of theirs.
    brokers.openings = this.#brokers.openings + 1
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

  /** How the newest transaction under this id stands; null where the coordinator does not say. */
  async standing(): Promise<string | null> {
    const coordinator = await this.#ask(async () => findCoordinatorRequest(this.id)).then(({ node }) => node)
    const request = transactionStateRequest(this.id)
    if (!(await this.#brokers.takes(coordinator, request))) return null
    return this.#brokers.ask(coordinator, request)
  }

  /** Shut out whoever had this id. When it resolves, the transaction that was open has ended, but for what `finish` is there for. */
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
      this.#note(ended === 'committed')
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
    if (this.#begunAt === null) {
      this.#places = []
      this.#openings = this.#brokers.openings
    }
    this.#begunAt ??= performance.now()
    const take = () => this.#ask(() => addPartitionsRequest(this.id, this.#identity, topic, partitions))
    await take()
    // Whoever takes a partition has ended the transaction before; unless it was started again meanwhile.
    const last = this.#places.length === 0 ? this.#last : null
    for (let times = 0; times < endedAgainAtMost; times++) {
      if (last === null || last.openings === this.#brokers.openings) break
      await this.#end(true)
      await this.#endAgain(last)
      this.#openings = last.openings
      await take()
    }
    this.#places.push(...partitions.map(partition => ({ topic, partition })))
  }

  /** Resolves once it is certain that the transaction is committed. */
  async commit(): Promise<void> {
    this.#committing = true
    await this.#end(true)
    this.#note(true)
    this.#committing = false
    this.#begunAt = null
  }

  /** End the last transaction once more where its coordinator may have been started again since; nothing may be open. */
  async settle(): Promise<void> {
    const last = this.#last
    if (last === null || this.#begunAt !== null) return
    const coordinator = this.#coordinator
    const same = coordinator !== null && (await this.#brokers.isConnected(coordinator))
    if (same && last.openings === this.#brokers.openings) return
    // Where nobody answers it is tried another time.
    const found = await this.#brokers.unlessPassing(() => this.#brokers.askAny(findCoordinatorRequest(this.id)))
    if (found?.error === 0) await this.#endAgain(last)
  }

  /** End what is open in these partitions, though the coordinator knows of nothing. */
  async finish(places: readonly Place[], commit: boolean): Promise<void> {
    await this.#endAgain({ places, commit, openings: 0 })
  }

  /** Number of the next record for a partition. */
  sequence(topic: string, partition: number): number {
    return this.#sequences.get(`${topic}/${partition}`) ?? 0
  }

  /** So many records more are acknowledged. */
  advance(topic: string, partition: number, records: number): void {
    this.#sequences.set(`${topic}/${partition}`, (this.sequence(topic, partition) + records) % largestSequence)
  }

  async #endAgain(last: Ended): Promise<void> {
    last.openings = this.#brokers.openings
    for (const topic of new Set(last.places.map(place => place.topic))) {
      const partitions = last.places.filter(place => place.topic === topic).map(({ partition }) => partition)
      await this.#ask(() => addPartitionsRequest(this.id, this.#identity, topic, partitions))
    }
    await this.#end(last.commit)
  }

  #end(commit: boolean): Promise<unknown> {
    return this.#ask(() => endTransactionRequest(this.id, this.#identity, commit))
  }

  /** The transaction that was open has ended so. */
  #note(commit: boolean): void {
    if (this.#places.length > 0) this.#last = { places: this.#places, commit, openings: this.#openings }
  }

  #begin({ producerId, epoch }: ProducerIdentity): void {
    this.#identity = { producerId, epoch }
    this.#sequences.clear()
    this.#begunAt = null
    this.#committing = false
    this.#places = []
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
