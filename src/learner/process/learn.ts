import { blockOf } from '../../codec/block.ts'
import type { LogRecord, Position, Reader } from '../../log/log.ts'
import { numberIn } from '../../log/published.ts'
import { mergesReadHeader } from '../../records/command.ts'
import { Forgotten } from '../../records/forgotten.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import type { Recommendation } from '../../records/recommendation.ts'
import { type Topics, topicsOf } from '../../records/topics.ts'
import type { Learner, LearnerOutput } from '../learner.ts'
import { AskedLists } from './asked-lists.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { CommandFeed } from './command-feed.ts'
import { CommandIntake } from './command-intake.ts'
import type { Follow } from './follow.ts'
import type { FollowerLists } from './follower-lists.ts'
import type { HandedOver, Rest } from './handed-over.ts'
import type { LearnOptions } from './learn-options.ts'
import { learnSlices, slice } from './learn-slices.ts'
import { newestOrAnew } from './newest-or-anew.ts'
import { openBlocks } from './open-blocks.ts'
import { noOutput, Output } from './output.ts'
import { withoutForgotten } from './without-forgotten.ts'

/** Sequences after which lists are published though more blocks are there. */
const publishEvery = 1_024

/**
 * The learn process: reads interest sequences in order, publishes lists and model versions, keeps checkpoints.
 *
 * After a restart it goes back to the newest checkpoint and publishes nothing that its output topics hold, each partition
 * by itself: what one of them lost is published again.
 * A checkpoint is begun only after everything up to it is published, so nothing can be skipped; it is written while learning
 * goes on.
 */
export class Learn {
  readonly #topics: Topics
  readonly #learner: Learner
  readonly #writer: CheckpointWriter
  readonly #output: Output
  readonly #reader: Reader
  readonly #commands: CommandFeed
  readonly #intake: CommandIntake
  readonly #forgotten: Forgotten
  readonly #onNotice: (message: string) => void
  readonly #onUnreadable: (record: LogRecord) => void
  readonly #stopped: AbortSignal | undefined
  #publishing: Promise<void> = Promise.resolve()
  /** Where ingest had read the commands topic to when it made the newest block; one that does not say it holds up none. */
  #mergesRead = 0
  #lastRead = 0 // sequences
  /** Offset after the last block; a checkpoint is never written inside one. */
  #offset: number
  #between = true // every block that was read is learned from
  /** What a follower had read and not learned from. */
  #begun: { records: readonly LogRecord[]; rest: Rest | null } | null = null
  /** Publishes what is asked for beside the rest; null: it stands among that. */
  readonly #beside: FollowerLists | null
  /** What those who ask are answered. */
  readonly asked: AskedLists

  private constructor(parts: {
    options: LearnOptions
    output: Output
    reader: Reader
    commands: CommandFeed
    forgotten: Forgotten
    offset: number
    handed?: HandedOver
  }) {
    const { definition, learner, checkpoints, clock } = parts.options
    const every = definition.learn.checkpointEvery
    const others = { kept: null, alone: parts.forgotten.size > 0 }
    const kept = parts.handed === undefined ? { kept: learner.sequences } : others
    this.#writer = new CheckpointWriter({ learner, checkpoints, every, ...kept, offset: parts.offset, clock })
    this.#topics = topicsOf(definition.name)
    this.#learner = learner
    this.#onUnreadable = parts.options.onUnreadable ?? (() => {})
    this.#stopped = parts.options.stopped
    this.#output = parts.output
    this.#reader = parts.reader
    this.#commands = parts.commands
    this.#onNotice = parts.options.onNotice ?? (() => {})
    this.#forgotten = parts.forgotten
    const { output, commands, forgotten } = parts
    const around = { checkpoints, writer: this.#writer, onNotice: this.#onNotice }
    this.#intake = new CommandIntake({ learner, output, commands, forgotten, ...around })
    this.#offset = parts.offset
    this.#beside = parts.handed?.lists ?? null
    this.asked = parts.handed?.asked ?? new AskedLists(learner, () => !this.#output.isAgain(learner))
  }

  static async open(options: LearnOptions): Promise<Learn> {
    const { definition, log, learner, checkpoints } = options
    const topics = topicsOf(definition.name)
    const output = await Output.open(options)
    const topic = topics.interestSequences
    const [range] = await log.ranges(topic)
    const checkpoint = await newestOrAnew(checkpoints, { log, topic, range: range!, onNotice: options.onNotice })
    if (checkpoint !== null) learner.restore(checkpoint.state)
    const { reader, offset } = await openBlocks(log, { topic, range: range!, checkpoint, onLost: options.onLost })
    const forgotten = options.forgotten ?? new Forgotten(() => null)
    const commands = await CommandFeed.open(log, topics.commands, forgotten, options.onUnreadable ?? (() => {}))
    commands.scheduleOn(learner)
    return new Learn({ options, output, reader, commands, forgotten, offset })
  }

  /**
   * Go on from a follower, with its learner, as the leader; who led before is shut out. Rejects where that cannot be, and the
   * follower follows on.
   *
   *     if (follow.leaderIsGone) const learn = await Learn.takeOver(options, follow)
   */
  static async takeOver(options: LearnOptions, follow: Pick<Follow, 'handOver' | 'reached'>): Promise<Learn> {
    const output = await Output.open(options)
    const { offset } = follow.reached
    const handed = await follow.handOver()
    const { reader, commands, forgotten, records, rest } = handed
    const learn = new Learn({ options, output, reader, commands, forgotten, offset, handed })
    learn.#begun = { records, rest }
    learn.#between = false
    // It knows what the leader may have come to and not said.
    await learn.#publish(handed.output)
    return learn
  }

  /**
   * Learn from the blocks that are there, waiting up to `waitMs` for one; false when there was none.
   *
   * Lists are published while the next blocks are learned from. Where little came, publishing is waited for first: what
   * comes in meanwhile then shares a transaction, and transactions are what small blocks cost.
   */
  async step(waitMs: number, pause: () => Promise<void>): Promise<boolean> {
    this.#writer.check()
    if (this.#lastRead < slice) await this.#publishing
    this.#beside?.publish(this.asked)
    const begun = this.#begun
    this.#begun = null
    const records = begun?.records ?? (await this.#reader.read(waitMs))
    if (records.length === 0) this.asked.caughtUp()
    this.#between = false
    this.#lastRead = 0
    let output = noOutput()
    let waiting = 0
    await this.#commands.read(0)
    // Who was forgotten before a block must be before it is learned from.
    if (records.length > 0)
      await this.#commands.readUpTo(Math.max(...records.map(record => numberIn(record, mergesReadHeader) ?? 0)))
    if (!begun?.rest) await this.#takeCommands()
    for (const record of records) {
      if (this.#stopped?.aborted) break
      this.#mergesRead = numberIn(record, mergesReadHeader) ?? Number.POSITIVE_INFINITY
      const rest = begun?.rest?.record === record ? begun.rest : null
      // None is taken in within a block.
      if (rest === null && this.#intake.isAsked(this.#mergesRead)) {
        await this.#handOver(output)
        output = noOutput()
        waiting = 0
        await this.#takeCommands()
      }
      const learned = await this.#consume(record, rest, output, pause)
      this.#lastRead += learned
      waiting += learned
      if (waiting < publishEvery) continue
      await this.#handOver(output)
      output = noOutput()
      waiting = 0
    }
    if (waiting > 0 || (this.#beside === null && this.asked.waiting > 0)) await this.#handOver(output)
    // Who follows knows what gave rise to no list, too, where nothing comes that does.
    else if (records.length === 0) await this.#sayReached()
    this.#beside?.publish(this.asked)
    this.#between = !this.#stopped?.aborted
    if (this.#between && this.#forgotten.isPending) await this.#keepForgotten(records.length === 0)
    return records.length > 0
  }

  /** Lists published in this process. */
  get recommendations(): number {
    return this.#output.recommendations
  }

  /** When the first of them was. */
  get firstRecommendationAt(): number | null {
    return this.#output.firstRecommendationAt
  }

  /** The next block to be learned from; between two reads the reader passes transaction markers by itself. */
  get reached(): Position {
    const topic = this.#topics.interestSequences
    return { topic, partition: 0, offset: this.#between ? this.#reader.position(topic, 0) : this.#offset }
  }

  /** Every sequence that was published when this was called is learned from, and its lists are published. */
  caughtUp(): Promise<boolean> {
    return this.#reader.caughtUp()
  }

  /** Publish a version of what has been learned, unless the newest one says it already, and keep it. */
  async finish(): Promise<ModelVersion> {
    const version = this.#learner.version()
    await this.#publishing
    await this.#publish({ ...noOutput(), versions: [version] })
    await this.checkpoint()
    return version
  }

  /** Keep all of the learner's state, unless the newest checkpoint holds it already. */
  async checkpoint(): Promise<void> {
    if (this.#writer.isCurrent) return this.#writer.reach(this.reached.offset)
    await this.#beginCheckpoint()
    await this.#writer.settled()
  }

  /** What a checkpoint holds must be on the topics before it is kept: it is not learned from again. */
  async #beginCheckpoint(): Promise<void> {
    await this.#writer.begin(this.reached.offset, this.#sayReached())
  }

  async close(): Promise<void> {
    await this.#publishing.then(() => this.#publish(noOutput(), this.#takeAsked())).catch(() => {})
    await this.#beside?.close(this.asked).catch(() => {})
    await this.#writer.settled().catch(() => {})
    await this.#reader.close()
    await this.#commands.close()
    await this.#output.close()
    this.#learner.dispose()
  }

  /** Lists that were asked for, to be published among those that events give rise to. */
  #takeAsked(): Recommendation[] {
    return this.#beside === null ? this.asked.take() : []
  }

  /** Learn from a block, or from what is left of it; how many sequences it held. */
  async #consume(
    record: LogRecord,
    rest: Rest | null,
    into: LearnerOutput,
    pause: () => Promise<void>,
  ): Promise<number> {
    const whole = rest?.block ?? blockOf(record)
    if (whole === null) this.#onUnreadable(record)
    this.#offset = record.offset + 1
    if (whole === null) return 0
    const block = rest?.block ?? withoutForgotten(whole, this.#forgotten, this.#learner.position + 1)
    const { length } = block.sequence
    const span = { from: rest?.from ?? 0, to: length }
    this.#writer.changed ||= block.changes.length > 0
    await learnSlices({ learner: this.#learner, asked: this.asked, pause }, block, span, into)
    for (const notice of this.#learner.notices()) this.#onNotice(notice)
    return length
  }

  /** Take in what is asked, unless the learner goes again over what it published before. */
  async #takeCommands(): Promise<void> {
    if (this.#intake.isAgain || !this.#intake.isAsked(this.#mergesRead)) return
    await this.#publishing
    await this.#intake.take(this.#mergesRead)
  }

  /** Keep the state without those whom the learner took in to forget, once the rows before are learned from. */
  async #keepForgotten(isIdle: boolean): Promise<void> {
    const due = this.#intake.forgetting(isIdle && (await this.#reader.caughtUp()))
    if (due.length === 0) return
    await this.#sayReached()
    await this.#intake.keepWithout(due, this.reached.offset)
  }

  async #handOver(output: LearnerOutput): Promise<void> {
    await this.#publishing
    const row = this.#learner.position
    this.#publishing = this.#publish(output, this.#takeAsked()).then(() => this.#output.reach(row, publishEvery))
    this.#publishing.catch(() => {})
    if (this.#writer.isDue) await this.#beginCheckpoint()
  }

  /** Whoever begins from a checkpoint is no further than what the topics say. */
  #sayReached(): Promise<void> {
    const row = this.#learner.position
    this.#publishing = this.#publishing.then(() => this.#output.reach(row, 1))
    this.#publishing.catch(() => {})
    return this.#publishing
  }

  async #publish(output: LearnerOutput, asked: readonly Recommendation[] = []): Promise<void> {
    const guarded = this.#intake.unpublished(output.commands)
    await this.#output.publish(output, { guarded, asked })
    this.#intake.published(guarded)
  }
}
