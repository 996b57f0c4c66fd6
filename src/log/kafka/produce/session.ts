import { RecstreamError } from '../../../errors.ts'
import { transactionStateRequest } from '../transaction-requests.ts'
import type { Brokers } from './brokers.ts'
import { answerError, coordinatorBusy, coordinatorMoved, invalidTransactionState, unknownIdMapping } from './codes.ts'
import { leftOpen, type Place } from './left-open.ts'
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
/** Where connections break all the time, that is for no broker that starts again. */
const doubtsAtMost = 3
/** How often a predecessor's partitions are asked about, a pause apart. */
const finishedAtMost = 20
/** A marker is in its partition so long after its transaction's end, ms. */
const markerMs = 20

/** A transaction whose end is decided, but may not be written in its partitions. */
interface Ended {
  places: readonly Place[]
  commit: boolean
  producerId: number
  /** Changes of connections when it began. */
  changes: number
}

/**
 * A transactional id that is ours: who we are to the brokers, how far each partition is numbered, and the transaction
 * that may be open.
 *
 * Each question to the coordinator is repeated until it is answered, by whichever broker coordinates then; closing the
 * brokers ends that.
 *
 * A transaction's end is decided by its coordinator, which then has markers written in the partitions. Kafka 4.3.0 to 4.4.0 pass
 * over a partition that has no leader at that moment: the transaction is over, and stays open in the partition for ever, so that
 * nobody can read beyond it, and the next one's end would decide for both. So where a connection broke or was made anew since a
 * transaction began, leaders are asked whether it is still open, and it is ended once more, by an empty one over the same partitions,
 * before any of them is taken again.
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
  /** Partitions of it, and changes of connections before it. */
  #places: Place[] = []
  #changes = 0
  /** The one before it. */
  #last: Ended | null = null
  /** Others that may be open still somewhere. */
  #doubtful: Ended[] = []

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
    brokers.changes = this.#brokers.changes + 1
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
    const wanted = partitions.map(partition => ({ topic, partition }))
    const take = async () => {
      this.#changes = this.#brokers.changes
      this.#begunAt ??= performance.now()
      await this.#ask(() => addPartitionsRequest(this.id, this.#identity, topic, partitions))
    }
    if (this.#begunAt === null) {
      this.#places = []
      await this.#look()
      await this.#clear(wanted)
    }
    await take()
    // Whoever takes a partition has ended the transaction before; unless it was started again meanwhile.
    for (let doubts = 0; doubts < doubtsAtMost && this.#places.length === 0 && (await this.#look()); doubts++) {
      await this.#end(true)
      await this.#clear(wanted)
      await take()
    }
    this.#last = null
    this.#places.push(...wanted)
  }

  /** Resolves once it is certain that the transaction is committed. */
  async commit(): Promise<void> {
    this.#committing = true
    await this.#end(true)
    this.#note(true)
    this.#committing = false
    this.#begunAt = null
  }

  /** End what is open still of transactions that are over, as far as brokers can be asked; nothing may be open besides. */
  async settle(): Promise<void> {
    if (this.#begunAt !== null) return
    await this.#look()
    if (this.#doubtful.length === 0) return
    const found = await this.#brokers.unlessPassing(() => this.#brokers.askAny(findCoordinatorRequest(this.id)))
    if (found?.error === 0) await this.#clear([])
  }

  /** The same of a predecessor's, whose end was decided so. */
  async finish(places: readonly Place[], commit: boolean): Promise<void> {
    this.#doubtful.push({ places, commit, producerId: this.#identity.producerId, changes: 0 })
    for (let times = 0; times < finishedAtMost && this.#doubtful.length > 0; times++) {
      if (times > 0) await this.#brokers.pause(longestPauseMs)
      await this.#clear([])
    }
  }

  /** Number of the next record for a partition. */
  sequence(topic: string, partition: number): number {
    return this.#sequences.get(`${topic}/${partition}`) ?? 0
  }

  /** So many records more are acknowledged. */
  advance(topic: string, partition: number, records: number): void {
    this.#sequences.set(`${topic}/${partition}`, (this.sequence(topic, partition) + records) % largestSequence)
  }

  /** Whether the last transaction came into doubt now. */
  async #look(): Promise<boolean> {
    await this.#brokers.sweep()
    if (this.#last === null || this.#last.changes === this.#brokers.changes) return false
    this.#doubtful.push(this.#last)
    this.#last = null
    return true
  }

  /** End what is open of doubtful ones; what nobody can be asked about waits, unless it is in a partition that is wanted. */
  async #clear(wanted: readonly Place[]): Promise<void> {
    const isWanted = (place: Place) =>
      wanted.some(({ topic, partition }) => topic === place.topic && partition === place.partition)
    const mine = this.#doubtful.filter(({ producerId }) => producerId === this.#identity.producerId)
    this.#doubtful = mine
    for (const doubtful of mine) {
      let { places } = doubtful
      for (let times = 1; ; times++) {
        const { open, unknown } = await leftOpen(this.#brokers, doubtful.producerId, places)
        if (open.length > 0) await this.#endAgain(open, doubtful.commit)
        places = [...open, ...unknown]
        const again = places.some(isWanted) || (open.length > 0 && times < doubtsAtMost)
        if (places.length === 0 || !again) break
        await this.#brokers.pause(open.length > 0 ? markerMs : longestPauseMs)
      }
      // Only now: what fails before leaves it in doubt.
      this.#doubtful = this.#doubtful.filter(each => each !== doubtful)
      if (places.length > 0) this.#doubtful.push({ ...doubtful, places })
    }
  }

  async #endAgain(places: readonly Place[], commit: boolean): Promise<void> {
    for (const topic of new Set(places.map(place => place.topic))) {
      const partitions = places.filter(place => place.topic === topic).map(({ partition }) => partition)
      await this.#ask(() => addPartitionsRequest(this.id, this.#identity, topic, partitions))
    }
    await this.#end(commit)
  }

  #end(commit: boolean): Promise<unknown> {
    return this.#ask(() => endTransactionRequest(this.id, this.#identity, commit))
  }

  /** The transaction that was open has ended so. */
  #note(commit: boolean): void {
    if (this.#places.length === 0) return
    this.#last = {
      ...{ places: this.#places, commit, producerId: this.#identity.producerId },
      changes: this.#changes,
    }
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
