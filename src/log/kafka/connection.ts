import { setTimeout as delay } from 'node:timers/promises'
import { type Cluster, createCluster, type KafkaSettings } from './client.ts'
import { isPassing, kafkaError } from './errors.ts'
import { denialOf } from './rights.ts'

/** How long a single question is repeated while the broker is away, ms. */
const usualPatienceMs = 30_000
const pauseMs = 100
/** After this many failures in a row the connections are thrown away: kafkajs can be left in a state that never mends. */
const failuresBeforeRebuild = 5

/** Whoever is left waits this long for its last answers, ms: a broker that is frozen gives none. */
const farewellMs = 1_000

/** Let connections go; what is still asked on them is nobody's concern any more. */
export async function parted(client: { disconnect(): Promise<void> }): Promise<void> {
  await Promise.race([client.disconnect().catch(() => {}), delay(farewellMs, undefined, { ref: false })])
}

/** Connections to the cluster that are mended, and rebuilt when mending does not help. */
export class Connection {
  readonly #settings: KafkaSettings
  readonly #topics = new Set<string>()
  #cluster: Cluster
  #connected: Promise<void> | undefined
  #failures = 0
  #closed = false

  constructor(settings: KafkaSettings) {
    this.#settings = settings
    this.#cluster = createCluster(settings)
  }

  get brokers(): readonly string[] {
    return this.#settings.brokers
  }

  /** A connected cluster that knows where these topics' partitions are. */
  async ready(topics: readonly string[]): Promise<Cluster> {
    const cluster = this.#cluster
    this.#connected ??= cluster.connect()
    await this.#connected
    for (const topic of topics) this.#topics.add(topic)
    await cluster.addMultipleTargetTopics([...this.#topics])
    await cluster.refreshMetadataIfNecessary()
    return cluster
  }

  /** Ask something once; a failure is one of our errors and has been acted on. */
  async once<T>(topics: readonly string[], ask: (cluster: Cluster) => Promise<T>): Promise<T> {
    try {
      const answer = await ask(await this.ready(topics))
      this.#failures = 0
      return answer
    } catch (thrown) {
      const error = kafkaError(thrown, this.brokers, topics[0])
      const [anyTopic] = this.#topics
      const unknown = kafkaError(thrown, this.brokers, topics[0] ?? anyTopic).code === 'TOPIC_UNKNOWN'
      if (unknown || denialOf(error)?.resource === 'topic') {
        // The client asks about all topics at once, so one that was deleted, or may not be seen, would spoil every answer.
        const others = this.#topics.size > topics.length
        this.#topics.clear()
        await this.#rebuild()
        if (others) return this.once(topics, ask)
      }
      if (isPassing(error)) await this.mend()
      throw error
    }
  }

  /** Ask until there is an answer, while what fails may pass. */
  async ask<T>(
    topics: readonly string[],
    question: (cluster: Cluster) => Promise<T>,
    patienceMs = usualPatienceMs,
  ): Promise<T> {
    const deadline = performance.now() + patienceMs
    for (;;) {
      try {
        return await this.once(topics, question)
      } catch (error) {
        if (this.#closed || !isPassing(error as never) || performance.now() > deadline) throw error
        await delay(pauseMs)
      }
    }
  }

  /** After a failure: find out anew who leads what, over new connections when that keeps failing. */
  async mend(): Promise<void> {
    this.#connected = undefined
    if (this.#closed) return
    if (++this.#failures % failuresBeforeRebuild === 0) await this.#rebuild()
    else await this.#cluster.refreshMetadata().catch(() => {})
  }

  async #rebuild(): Promise<void> {
    const old = this.#cluster
    this.#connected = undefined
    this.#cluster = createCluster(this.#settings)
    await parted(old)
  }

  async close(): Promise<void> {
    this.#closed = true
    await parted(this.#cluster)
  }
}
