import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../../errors.ts'
import { addressOf, partsOf } from '../addresses.ts'
import { askBroker, takes } from '../ask-broker.ts'
import { createBroker, type KafkaSettings, type SingleBroker } from '../client.ts'
import { isPassing, kafkaError } from '../errors.ts'
import { inOrderOfFailure } from '../sockets.ts'
import { type Node, needed, type Request, type RequestKind } from './requests.ts'

type Address = Pick<Node, 'host' | 'port'>

/**
 * Connections to single brokers, each made anew after anything has failed on it.
 *
 * Once they are closed, whatever is waited for here fails at once with the error that closed them.
 */
export class Brokers {
  readonly #settings: KafkaSettings
  readonly #links = new Map<string, Promise<SingleBroker>>()
  readonly #waiting = new Set<(error: Error) => void>()
  readonly #seeds: Address[]
  #nodes: Address[] = []
  /** Which of the known brokers is asked what each of them could answer. */
  #turn = 0
  #closed: Error | null = null
  /** Connections that were begun or found broken so far: as long as no more are, every broker that was asked is the one it was. */
  changes = 0
  /** What went wrong last, for the error of somebody who waits in vain. */
  trouble: string | null = null

  constructor(settings: KafkaSettings) {
    this.#settings = settings
    this.#seeds = inOrderOfFailure(settings.brokers).map(partsOf)
  }

  /** The addresses that were given, for errors. */
  get given(): readonly string[] {
    return this.#settings.brokers
  }

  get closed(): boolean {
    return this.#closed !== null
  }

  /** How many brokers there are to ask. */
  get count(): number {
    return this.#candidates().length
  }

  /** These are the brokers of the cluster now. */
  know(nodes: readonly Node[]): void {
    this.#nodes = [...nodes]
  }

  /** Ask one broker; whatever goes wrong may be another broker's to answer next time. */
  async ask<Answer>(at: Address, request: Request<Answer>): Promise<Answer> {
    const link = await this.#linkTo(at)
    try {
      return await this.#unlessClosed(askBroker(link, request))
    } catch (thrown) {
      this.#drop(keyOf(at))
      throw this.#failure(thrown)
    }
  }

  /** Ask the broker whose turn it is; the next one has its turn when this one fails. */
  async askAny<Answer>(request: Request<Answer>): Promise<Answer> {
    const candidates = this.#candidates()
    try {
      return await this.ask(candidates[this.#turn % candidates.length]!, request)
    } catch (error) {
      this.tryAnother()
      throw error
    }
  }

  /** What comes of asking, or null where it may come about in a moment. */
  async unlessPassing<Answer>(asking: () => Promise<Answer>): Promise<Answer | null> {
    try {
      return await asking()
    } catch (thrown) {
      const error = kafkaError(thrown, this.given)
      if (this.closed || !isPassing(error)) throw error
      return null
    }
  }

  /** What the last one said did not hold. */
  tryAnother(): void {
    this.#turn++
  }

  /** Whether a broker takes this version of a request. */
  async takes(at: Address, kind: RequestKind): Promise<boolean> {
    return takes(await this.#linkTo(at), kind)
  }

  /** Look for connections that broke. */
  async sweep(): Promise<void> {
    for (const [key, connecting] of [...this.#links]) {
      const link = await connecting.catch(() => null)
      if (link === null || link.isConnected() || this.#links.get(key) !== connecting) continue
      this.changes += 1
      this.#drop(key)
    }
  }

  async pause(ms: number): Promise<void> {
    await this.#unlessClosed(delay(ms))
  }

  close(reason: Error): void {
    this.#closed ??= reason
    for (const reject of this.#waiting) reject(this.#closed)
    for (const key of [...this.#links.keys()]) this.#drop(key)
  }

  #candidates(): Address[] {
    const known = new Set(this.#nodes.map(keyOf))
    return [...this.#nodes, ...this.#seeds.filter(seed => !known.has(keyOf(seed)))]
  }

  async #linkTo(at: Address): Promise<SingleBroker> {
    if (this.#closed !== null) throw this.#closed
    const key = keyOf(at)
    const known = this.#links.get(key)
    if (known !== undefined) {
      const link = await known
      // kafkajs would mend it, but two requests at once make it open two connections and lose one.
      if (link.isConnected()) return link
      this.#drop(key)
    }
    const connecting = this.#connect(at)
    this.#links.set(key, connecting)
    try {
      return await connecting
    } catch (thrown) {
      this.#drop(key)
      throw this.#failure(thrown)
    }
  }

  async #connect(at: Address): Promise<SingleBroker> {
    this.changes += 1
    const link = await createBroker(this.#settings, at.host, at.port)
    try {
      await this.#unlessClosed(link.connect())
    } catch (error) {
      giveUp(link)
      throw error
    }
    const lacking = needed.find(kind => !takes(link, kind))
    if (lacking === undefined) return link
    giveUp(link)
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The broker at ${keyOf(at)} takes no ${lacking.name} requests of version ${lacking.version}; Kafka 2.4 and newer do.`,
    )
  }

  #drop(key: string): void {
    void this.#links.get(key)?.then(giveUp, () => {})
    this.#links.delete(key)
  }

  #failure(thrown: unknown): Error {
    if (this.#closed !== null) return this.#closed
    const error = kafkaError(thrown, this.#settings.brokers)
    this.trouble = error.message
    return error
  }

  #unlessClosed<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      const settled = () => this.#waiting.delete(reject)
      work.then(resolve, reject).finally(settled)
      if (this.#closed !== null) reject(this.#closed)
    })
  }
}

/** Let a connection go without waiting for what it still owes. */
function giveUp(link: SingleBroker): void {
  link.connectionPool.map(connection => connection.rejectRequests(new Error('The connection is given up.')))
  link.disconnect().catch(() => {})
}

function keyOf({ host, port }: Address): string {
  return addressOf(host, port)
}
