import { setTimeout as delay } from 'node:timers/promises'
import { RecstreamError } from '../../errors.ts'
import type { LogRecord, Position, Reader, ReaderOptions } from '../log.ts'
import { isRemade, outOfRange, remadeTopic } from '../names.ts'
import type { ClusterBroker, KafkaSettings } from './client.ts'
import { Connection } from './connection.ts'
import { isPassing, kafkaError } from './errors.ts'
import { fetchFrom } from './fetch.ts'
import { fetchError, offsetOutOfRange } from './fetch-error.ts'
import { localStart } from './local-start.ts'
import { endsOf, partitionsOf, ranges } from './offsets.ts'
import { PartitionBuffer } from './partition-buffer.ts'
import { idsFromAny, topicIds } from './topic-ids.ts'

/** The broker answers an idle fetch after this long, which also bounds how long a moved partition goes unnoticed, ms. */
const idleFetchMs = 100
const pauseMs = 100
const defaultStallMs = 30_000
/** Failures that have lasted this long are told, ms: what moves, or is started again, is back sooner. */
const tellAfterMs = 10_000
/** A leader that is asked without a longer pause than this says that a topic has gone before there can be another, ms. */
const trustMs = 250

/** Read partitions over connections of the reader's own; offsets are checked before it resolves. */
export async function openReader(
  settings: KafkaSettings,
  from: readonly Position[],
  options: ReaderOptions,
): Promise<Reader> {
  const connection = new Connection({ ...settings, clientId: options.name ?? settings.clientId ?? 'recstream' })
  const topics = [...new Set(from.map(position => position.topic))]
  try {
    for (const topic of topics) {
      const known = await ranges(connection, topic)
      for (const { partition, offset } of from.filter(position => position.topic === topic)) {
        const range = known[partition]
        if (range === undefined)
          throw new RecstreamError('TOPIC_INVALID', `${topic} has no partition ${partition}; it has ${known.length}.`)
        if (!(offset >= range.first && offset <= range.end))
          throw outOfRange(topic, partition, offset, range.first, range.end)
      }
    }
    const ids = await connection.ask(topics, cluster => idsFromAny(cluster, topics))
    return new KafkaReader(connection, from, ids, options, settings)
  } catch (error) {
    await connection.close()
    throw error
  }
}

class KafkaReader implements Reader {
  readonly #connection: Connection
  readonly #buffers: PartitionBuffer[]
  readonly #maxRecords: number
  readonly #maxBytes: number
  readonly #stallMs: number
  readonly #onWaiting: (reason: string | null) => void
  /** Leaders that a fetch waits for. */
  readonly #asked = new Set<number>()
  /** Ids of the topics as they were when reading began. */
  readonly #ids: ReadonlyMap<string, string | null>
  /** When each leader answered last, ms; none since something failed. */
  readonly #answered = new Map<number, number>()
  #wake: (() => void) | undefined
  #failedSince: number | undefined
  /** What went wrong last. */
  #trouble = ''
  #failure: RecstreamError | undefined
  #pausing = false
  #closed = false

  constructor(
    connection: Connection,
    from: readonly Position[],
    ids: ReadonlyMap<string, string | null>,
    { maxRecords = 10_000, maxBytes = 16 * 1024 * 1024 }: ReaderOptions,
    { stallMs = defaultStallMs, unpackedBytes, onWaiting = () => {} }: KafkaSettings,
  ) {
    this.#connection = connection
    this.#ids = ids
    this.#buffers = from.map(
      ({ topic, partition, offset }) => new PartitionBuffer(topic, partition, offset, unpackedBytes),
    )
    this.#maxRecords = maxRecords
    this.#maxBytes = maxBytes
    this.#stallMs = stallMs
    this.#onWaiting = onWaiting
    void this.#fetch()
  }

  async read(maxWaitMs: number): Promise<LogRecord[]> {
    const deadline = performance.now() + maxWaitMs
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure
      const records = this.#take()
      void this.#fetch()
      if (records.length > 0 || this.#closed) return records
      const left = deadline - performance.now()
      // An outage is reported only after waiting, so that whoever just tries again leaves time for it to end.
      if (left <= 0) {
        this.#throwIfStalled()
        return records
      }
      await this.#news(left)
    }
  }

  position(topic: string, partition: number): number {
    return this.#buffers.find(buffer => buffer.topic === topic && buffer.partition === partition)?.next ?? -1
  }

  async caughtUp(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#buffers.some(buffer => buffer.waiting)) return false
    try {
      const endOf = await this.#connection.once(this.#topics(), cluster => endsOf(cluster, this.#buffers))
      return this.#buffers.every(buffer => buffer.next >= endOf(buffer.topic, buffer.partition))
    } catch (error) {
      if (isPassing(error as RecstreamError)) return false
      throw error
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#wake?.()
    await this.#connection.close()
  }

  #take(): LogRecord[] {
    const records: LogRecord[] = []
    for (const buffer of this.#buffers) {
      if (records.length >= this.#maxRecords) break
      buffer.take(this.#maxRecords - records.length, records)
    }
    // Whoever came last in this read comes first in the next.
    if (records.length > 0) this.#buffers.push(this.#buffers.shift()!)
    return records
  }

  /** Start a fetch at every leader that has none under way, unless enough waits to be read. */
  async #fetch(): Promise<void> {
    if (this.#closed || this.#pausing || this.#failure !== undefined || this.#full()) return
    try {
      const cluster = await this.#connection.ready(this.#topics())
      const byLeader = new Map<number, PartitionBuffer[]>()
      const leaders = new Map<string, number>()
      for (const topic of this.#topics()) {
        for (const { partition, leader } of partitionsOf(cluster, topic)) leaders.set(`${topic}/${partition}`, leader)
      }
      for (const buffer of this.#buffers) {
        const leader = leaders.get(`${buffer.topic}/${buffer.partition}`) ?? -1
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), buffer])
      }
      for (const [leader, buffers] of byLeader) void this.#fetchFrom(leader, buffers)
    } catch (error) {
      await this.#failed(error)
    }
  }

  async #fetchFrom(leader: number, buffers: readonly PartitionBuffer[]): Promise<void> {
    if (this.#asked.has(leader) || this.#closed || this.#full()) return
    this.#asked.add(leader)
    try {
      const cluster = await this.#connection.ready(this.#topics())
      const broker = await cluster.findBroker({ nodeId: leader })
      const limits = {
        maxWaitMs: idleFetchMs,
        maxBytes: this.#maxBytes / 2,
        maxPartitionBytes: Math.min(this.#maxBytes / 2, 4 * 1024 * 1024),
      }
      const asked = buffers.map(({ topic, partition, fetchOffset }) => ({ topic, partition, offset: fetchOffset }))
      const isDoubtful = performance.now() - (this.#answered.get(leader) ?? Number.NEGATIVE_INFINITY) > trustMs
      const fetched = await fetchFrom(broker, asked, limits)
      // An id never comes back: a topic that is the same now was so when it was read.
      if (isDoubtful) await this.#checkIds(broker)
      this.#answered.set(leader, performance.now())
      const nothing = fetched.every(({ records, error }) => records.length === 0 && error === 0)
      for (const answer of fetched) {
        const buffer = buffers.find(({ topic, partition }) => topic === answer.topic && partition === answer.partition)!
        if (answer.error === offsetOutOfRange) throw await this.#lost(buffer)
        if (answer.error !== 0) throw fetchError(answer.error, buffer.topic, buffer.partition)
        buffer.add(answer)
        // An empty answer may also mean that the limit was used up by other partitions, unless all are empty.
        if (nothing && buffer.fetchOffset < answer.stable) await this.#skip(broker, buffer, answer.stable)
      }
      if (this.#failedSince !== undefined) this.#onWaiting(null)
      this.#failedSince = undefined
      this.#asked.delete(leader)
      this.#wake?.()
    } catch (error) {
      this.#asked.delete(leader)
      await this.#failed(error)
    }
    void this.#fetch()
  }

  /** Compaction took away all up to an offset, unless the broker only waits for where it keeps what is old. */
  async #skip(broker: ClusterBroker, buffer: PartitionBuffer, stable: number): Promise<void> {
    const start = await localStart(broker, buffer.topic, buffer.partition)
    if (start === null || start <= buffer.fetchOffset) buffer.skipTo(stable)
  }

  async #checkIds(broker: ClusterBroker): Promise<void> {
    const found = await topicIds(broker, this.#topics())
    for (const [topic, id] of this.#ids) {
      const now = found.get(topic)
      if (now === undefined) throw new RecstreamError('LOG_UNAVAILABLE', `${topic} is not known to its broker now.`)
      if (isRemade(id, now)) throw remadeTopic(topic)
    }
  }

  /** What is gone, in numbers. */
  async #lost({ topic, partition, fetchOffset }: PartitionBuffer): Promise<RecstreamError> {
    const range = (await ranges(this.#connection, topic))[partition]
    if (range === undefined || (fetchOffset >= range.first && fetchOffset <= range.end)) {
      return fetchError(offsetOutOfRange, topic, partition)
    }
    return outOfRange(topic, partition, fetchOffset, range.first, range.end)
  }

  #full(): boolean {
    let waiting = 0
    for (const buffer of this.#buffers) waiting += buffer.bytes
    return waiting >= this.#maxBytes / 2
  }

  async #failed(thrown: unknown): Promise<void> {
    if (this.#closed) return
    this.#answered.clear()
    let error = kafkaError(thrown, this.#connection.brokers, this.#buffers[0]?.topic)
    if (error.code === 'TOPIC_UNKNOWN') error = remadeTopic(...this.#topics())
    if (!isPassing(error)) {
      this.#failure = error
      this.#wake?.()
      return
    }
    this.#trouble = error.message
    this.#failedSince ??= performance.now()
    if (performance.now() - this.#failedSince > tellAfterMs) this.#onWaiting(error.message)
    if (this.#pausing) return
    this.#pausing = true
    await this.#connection.mend()
    await delay(pauseMs)
    this.#pausing = false
    this.#wake?.()
    void this.#fetch()
  }

  #throwIfStalled(): void {
    if (this.#failedSince !== undefined && performance.now() - this.#failedSince > this.#stallMs) {
      // In the words of all others who wait for the same.
      throw new RecstreamError('LOG_STALLED', this.#trouble)
    }
  }

  #topics(): string[] {
    return [...new Set(this.#buffers.map(({ topic }) => topic))]
  }

  #news(ms: number): Promise<void> {
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wake = done
    })
  }
}
