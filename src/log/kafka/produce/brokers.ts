import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../../errors.ts'
import { addressOf } from '../addresses.ts'
import { createBroker, type KafkaSettings, type SingleBroker } from '../client.ts'
import { kafkaError } from '../errors.ts'
import { inOrderOfFailure } from '../sockets.ts'
import { type Node, needed, type Request } from './requests.ts'
import { Cursor } from './wire.ts'

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
  /** What went wrong last, for the error of somebody who waits in vain. */
  trouble: string | null = null

  constructor(settings: KafkaSettings) {
    this.#settings = settings
    this.#seeds = inOrderOfFailure(settings.brokers).map(placeOf)
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
      return await this.#unlessClosed(
        link.connectionPool.send({
          request: {
            apiKey: request.key,
            apiVersion: request.version,
            apiName: request.name,
            encode: async () => ({ buf: request.body, buffer: request.body }),
          },
          response: { decode: async raw => ({ raw }), parse: async ({ raw }) => request.read(new Cursor(raw)) },
          logResponseError: false,
        }),
      )
    } catch (thrown) {
      this.#drop(at)
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

  /** What the last one said did not hold. */
  tryAnother(): void {
    this.#turn++
  }

  /** Whether a broker takes this version of a request. */
  async takes(at: Address, key: number, version: number): Promise<boolean> {
    return takes(await this.#linkTo(at), key, version)
  }

  async pause(ms: number): Promise<void> {
    await this.#unlessClosed(delay(ms))
  }

  close(reason: Error): void {
    this.#closed ??= reason
    for (const reject of this.#waiting) reject(this.#closed)
    for (const key of [...this.#links.keys()]) this.#drop(placeOf(key))
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
      this.#drop(at)
    }
    const connecting = this.#connect(at)
    this.#links.set(key, connecting)
    try {
      return await connecting
    } catch (thrown) {
      this.#drop(at)
      throw this.#failure(thrown)
    }
  }

  async #connect(at: Address): Promise<SingleBroker> {
    const link = await createBroker(this.#settings, at.host, at.port)
    try {
      await this.#unlessClosed(link.connect())
    } catch (error) {
      giveUp(link)
      throw error
    }
    const lacking = needed.find(({ key, version }) => !takes(link, key, version))
    if (lacking === undefined) return link
    giveUp(link)
    throw new RecstreamError(
      'CONFIG_INVALID',
      `The broker at ${keyOf(at)} takes no ${lacking.name} requests of version ${lacking.version}; Kafka 2.4 and newer do.`,
    )
  }

  #drop(at: Address): void {
    const key = keyOf(at)
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

function takes({ versions }: SingleBroker, key: number, version: number): boolean {
  const range = versions?.[key]
  return range !== undefined && range.minVersion <= version && version <= range.maxVersion
}

/** Let a connection go without waiting for what it still owes. */
function giveUp(link: SingleBroker): void {
  link.connectionPool.map(connection => connection.rejectRequests(new Error('The connection is given up.')))
  link.disconnect().catch(() => {})
}

function placeOf(address: string): Address {
  const colon = address.lastIndexOf(':')
  return { host: address.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(colon + 1)) }
}

function keyOf({ host, port }: Address): string {
  return addressOf(host, port)
}
