import { decodeBlock } from '../codec/block.ts'
import { encodeModelVersion, encodeRecommendation } from '../codec/output.ts'
import { RecstreamError } from '../errors.ts'
import { failpoint } from '../failpoint.ts'
import type { Log, LogRecord, OutgoingRecord, Position, Producer, Reader } from '../log/log.ts'
import { newestPosition } from '../log/newest-position.ts'
import type { PipelineDefinition } from '../pipeline/definition.ts'
import { type Topics, topicsOf } from '../pipeline/topics.ts'
import type { Recommendation } from '../recommend/recommendation.ts'
import type { Checkpoints } from '../train/checkpoint.ts'
import type { Learner, LearnerOutput } from '../train/learner.ts'
import type { ModelVersion } from '../train/model-version.ts'
import type { InterestBlock } from '../window/sequence.ts'

/** Header of a recommendation with the row number that gave rise to it. */
export const sequenceHeader = 'recstream-sequence'
const versionHeader = 'recstream-version'

export interface LearnOptions {
  definition: PipelineDefinition
  log: Log
  learner: Learner
  checkpoints: Checkpoints
  /** Milliseconds, for measuring. */
  clock: () => number
  /** Blocks that were read and not begun are left when this is set. */
  stopped?: AbortSignal
  /** A record that no ingest of ours wrote; it is passed over. */
  onUnreadable?: (record: LogRecord) => void
}

/** Sequences worked on before anything else may happen in the process. */
const slice = 256
/** Sequences after which lists are published though more blocks are there. */
const publishEvery = 1_024
const noOutput = (): LearnerOutput => ({ recommendations: [], versions: [] })

/**
 * The learn process: reads interest sequences in order, publishes lists and model versions, keeps checkpoints.
 *
 * After a restart it goes back to the newest checkpoint and stays silent until it passes what its output topics hold.
 * A checkpoint is written only after everything up to it is published, so nothing can be skipped.
 */
export class Learn {
  readonly #definition: PipelineDefinition
  readonly #topics: Topics
  readonly #learner: Learner
  readonly #checkpoints: Checkpoints
  readonly #producer: Producer
  readonly #reader: Reader
  readonly #clock: () => number
  readonly #onUnreadable: (record: LogRecord) => void
  readonly #stopped: AbortSignal | undefined
  readonly #silentUntil: number
  /** The newest version on the topic. */
  #publishedVersion: number
  #checkpointAt: number
  #publishing: Promise<void> = Promise.resolve()
  /** Sequences in the last read. */
  #lastRead = 0
  /** Offset of the next block; a checkpoint is never written inside one. */
  #offset: number
  /** Lists published and when the first one was, in this process. */
  recommendations = 0
  firstRecommendationAt: number | null = null

  private constructor(parts: {
    options: LearnOptions
    producer: Producer
    reader: Reader
    offset: number
    silentUntil: number
    publishedVersion: number
  }) {
    const { definition, learner, checkpoints, clock } = parts.options
    this.#definition = definition
    this.#topics = topicsOf(definition.name)
    this.#learner = learner
    this.#checkpoints = checkpoints
    this.#clock = clock
    this.#onUnreadable = parts.options.onUnreadable ?? (() => {})
    this.#stopped = parts.options.stopped
    this.#producer = parts.producer
    this.#reader = parts.reader
    this.#offset = parts.offset
    this.#silentUntil = parts.silentUntil
    this.#publishedVersion = parts.publishedVersion
    this.#checkpointAt = learner.sequences
  }

  static async open(options: LearnOptions): Promise<Learn> {
    const { definition, log, learner, checkpoints } = options
    const topics = topicsOf(definition.name)
    // Fence first, look second: a predecessor that is still alive could publish in between.
    const producer = await log.producer(`${definition.name}.learn`)
    const silentUntil = await newestPosition(log, topics.recommendations, sequenceHeader)
    const publishedVersion = await newestPosition(log, topics.modelVersions, versionHeader)
    const checkpoint = await checkpoints.newest()
    if (checkpoint !== null) learner.restore(checkpoint.state)
    const topic = topics.interestSequences
    const [range] = await log.ranges(topic)
    const offset = checkpoint?.offset ?? range!.first
    const reader = await log.reader([{ topic, partition: 0, offset }], { name: 'learn', maxRecords: 16 })
    return new Learn({ options, producer, reader, offset, silentUntil, publishedVersion })
  }

  /**
   * Learn from the blocks that are there, waiting up to `waitMs` for one; false when there was none.
   *
   * Lists are published while the next blocks are learned from. Where little came, publishing is waited for first: what
   * comes in meanwhile then shares a transaction, and transactions are what small blocks cost.
   */
  async step(waitMs: number, breathe: () => Promise<void>): Promise<boolean> {
    if (this.#lastRead < slice) await this.#publishing
    const records = await this.#reader.read(waitMs)
    this.#lastRead = 0
    let output = noOutput()
    let waiting = 0
    for (const record of records) {
      if (this.#stopped?.aborted) break
      const learned = await this.#consume(record, output, breathe)
      this.#lastRead += learned
      waiting += learned
      if (waiting < publishEvery) continue
      await this.#handOver(output)
      output = noOutput()
      waiting = 0
    }
    if (waiting > 0) await this.#handOver(output)
    return records.length > 0
  }

  /** The next block to be learned from. */
  get reached(): Position {
    return { topic: this.#topics.interestSequences, partition: 0, offset: this.#offset }
  }

  /** Every sequence that was published when this was called is learned from, and its lists are published. */
  caughtUp(): Promise<boolean> {
    return this.#reader.caughtUp()
  }

  /** Publish a version of what has been learned, unless the newest one says it already, and keep it. */
  async finish(): Promise<ModelVersion> {
    const version = this.#learner.version()
    await this.#publishing
    await this.#publish([], [version])
    await this.checkpoint()
    return version
  }

  /** Keep all of the learner's state, unless the newest checkpoint holds it already. */
  async checkpoint(): Promise<void> {
    if (this.#learner.sequences === this.#checkpointAt) return
    // What a checkpoint holds must be on the topics: it is not learned from again.
    await this.#publishing
    await this.#checkpoints.write(this.#learner.save(), this.#offset)
    this.#checkpointAt = this.#learner.sequences
  }

  async close(): Promise<void> {
    await this.#publishing.catch(() => {})
    await this.#reader.close()
    await this.#producer.close()
    this.#learner.dispose()
  }

  /** Learn from a block; how many sequences it held. */
  async #consume(record: LogRecord, into: LearnerOutput, breathe: () => Promise<void>): Promise<number> {
    const block = this.#blockOf(record)
    this.#offset = record.offset + 1
    if (block === null) return 0
    for (let from = 0; from < block.sequence.length; from += slice) {
      const output = this.#learner.consume(block, from, Math.min(from + slice, block.sequence.length))
      into.recommendations.push(...output.recommendations)
      into.versions.push(...output.versions)
      await breathe()
    }
    return block.sequence.length
  }

  async #handOver({ recommendations, versions }: LearnerOutput): Promise<void> {
    await this.#publishing
    this.#publishing = this.#publish(recommendations, versions)
    this.#publishing.catch(() => {})
    if (this.#learner.sequences - this.#checkpointAt >= this.#definition.learn.checkpointEvery) await this.checkpoint()
  }

  /** The block in a record, or null where somebody else wrote to this topic. */
  #blockOf(record: LogRecord): InterestBlock | null {
    try {
      return decodeBlock(record.value ?? Buffer.alloc(0))
    } catch (error) {
      if (!(error instanceof RecstreamError)) throw error
      this.#onUnreadable(record)
      return null
    }
  }

  async #publish(recommendations: readonly Recommendation[], versions: readonly ModelVersion[]): Promise<void> {
    const lists = recommendations.filter(({ sequence }) => sequence > this.#silentUntil)
    const fresh = versions.filter(({ version }) => version > this.#publishedVersion)
    if (lists.length + fresh.length === 0) return
    failpoint('publish.before')
    if (lists.length > 0) {
      await this.#producer.append(
        this.#topics.recommendations,
        lists.map(list => this.#listRecord(list)),
      )
      this.recommendations += lists.length
      this.firstRecommendationAt ??= this.#clock()
    }
    if (fresh.length > 0) {
      await this.#producer.append(
        this.#topics.modelVersions,
        fresh.map(version => this.#versionRecord(version)),
      )
      this.#publishedVersion = fresh.at(-1)!.version
    }
    failpoint('publish.after')
  }

  #listRecord(list: Recommendation): OutgoingRecord {
    return {
      key: list.userId,
      timestamp: list.time,
      value: encodeRecommendation(list, this.#definition.encoding),
      headers: { [sequenceHeader]: String(list.sequence) },
    }
  }

  #versionRecord(version: ModelVersion): OutgoingRecord {
    return {
      key: version.learner,
      partition: 0,
      timestamp: 0,
      value: encodeModelVersion(version, this.#definition.encoding),
      headers: { [versionHeader]: String(version.version) },
    }
  }
}
