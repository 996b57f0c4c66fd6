import { blockOf } from '../../codec/block.ts'
import { failpoint } from '../../failpoint.ts'
import type { LogRecord, Position, Reader } from '../../log/log.ts'
import { numberIn } from '../../log/published.ts'
import { type Command, mergesReadHeader } from '../../records/command.ts'
import { Forgotten } from '../../records/forgotten.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import type { Recommendation } from '../../records/recommendation.ts'
import { type Topics, topicsOf } from '../../records/topics.ts'
import type { Checkpoints } from '../checkpoint.ts'
import type { Learner, LearnerOutput } from '../learner.ts'
import { AskedLists } from './asked-lists.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { CommandFeed } from './command-feed.ts'
import { withKeptWeights } from './kept-weights.ts'
import type { LearnOptions } from './learn-options.ts'
import { learnSlices, slice } from './learn-slices.ts'
import { newestOrAnew } from './newest-or-anew.ts'
import { openBlocks } from './open-blocks.ts'
import { noOutput, Output } from './output.ts'
import { sharesText, takenText } from './records.ts'
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
  readonly #checkpoints: Checkpoints
  readonly #writer: CheckpointWriter
  readonly #output: Output
  readonly #reader: Reader
  readonly #commands: CommandFeed
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
  /** What those who ask are answered. */
  readonly asked: AskedLists

  private constructor(parts: {
    options: LearnOptions
    output: Output
    reader: Reader
    commands: CommandFeed
    forgotten: Forgotten
    offset: number
  }) {
    const { definition, learner, checkpoints, clock } = parts.options
    const every = definition.learn.checkpointEvery
    this.#writer = new CheckpointWriter({ learner, checkpoints, every, offset: parts.offset, clock })
    this.#topics = topicsOf(definition.name)
    this.#learner = learner
    this.#checkpoints = checkpoints
    this.#onUnreadable = parts.options.onUnreadable ?? (() => {})
    this.#stopped = parts.options.stopped
    this.#output = parts.output
    this.#reader = parts.reader
    this.#commands = parts.commands
    this.#onNotice = parts.options.onNotice ?? (() => {})
    this.#forgotten = parts.forgotten
    this.#offset = parts.offset
    this.asked = new AskedLists(learner, () => !this.#output.isAgain(learner))
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
   * Learn from the blocks that are there, waiting up to `waitMs` for one; false when there was none.
   *
   * Lists are published while the next blocks are learned from. Where little came, publishing is waited for first: what
   * comes in meanwhile then shares a transaction, and transactions are what small blocks cost.
   */
  async step(waitMs: number, pause: () => Promise<void>): Promise<boolean> {
    this.#writer.check()
    if (this.#lastRead < slice) await this.#publishing
    const records = await this.#reader.read(waitMs)
    if (records.length === 0) this.asked.caughtUp()
    this.#between = false
    this.#lastRead = 0
    let output = noOutput()
    let waiting = 0
    await this.#commands.read(0)
    // Who was forgotten before a block must be before it is learned from.
    if (records.length > 0)
      await this.#commands.readUpTo(Math.max(...records.map(record => numberIn(record, mergesReadHeader) ?? 0)))
    await this.#takeCommands()
    for (const record of records) {
      if (this.#stopped?.aborted) break
      this.#mergesRead = numberIn(record, mergesReadHeader) ?? Number.POSITIVE_INFINITY
      if (this.#asked.length > 0) {
        await this.#handOver(output)
        output = noOutput()
        waiting = 0
        await this.#takeCommands()
      }
      const learned = await this.#consume(record, output, pause)
      this.#lastRead += learned
      waiting += learned
      if (waiting < publishEvery) continue
      await this.#handOver(output)
      output = noOutput()
      waiting = 0
    }
    if (waiting > 0 || this.asked.waiting > 0) await this.#handOver(output)
    // Who follows knows what gave rise to no list, too, where nothing comes that does.
    else if (records.length === 0) await this.#sayReached()
    this.#between = !this.#stopped?.aborted
    if (this.#between && this.#forgotten.isPending) await this.#keepForgotten(records.length === 0)
    return records.length > 0
  }

  /** Commands that can be taken in before the next sequence. */
  get #asked(): Command[] {
    return this.#commands.asked(this.#mergesRead)
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

  /** What a checkpoint holds must be on the topics: it is not learned from again. */
  async #beginCheckpoint(): Promise<void> {
    const { offset } = this.reached
    await this.#sayReached()
    await this.#writer.begin(offset)
  }

  async close(): Promise<void> {
    await this.#publishing.then(() => this.#publish(noOutput(), this.asked.take())).catch(() => {})
    await this.#writer.settled().catch(() => {})
    await this.#reader.close()
    await this.#commands.close()
    await this.#output.close()
    this.#learner.dispose()
  }

  /** Learn from a block; how many sequences it held. */
  async #consume(record: LogRecord, into: LearnerOutput, pause: () => Promise<void>): Promise<number> {
    const whole = blockOf(record)
    if (whole === null) this.#onUnreadable(record)
    this.#offset = record.offset + 1
    if (whole === null) return 0
    const block = withoutForgotten(whole, this.#forgotten, this.#learner.position + 1)
    const { length } = block.sequence
    this.#writer.changed ||= block.changes.length > 0
    await learnSlices({ learner: this.#learner, asked: this.asked, pause }, block, { from: 0, to: length }, into)
    for (const notice of this.#learner.notices()) this.#onNotice(notice)
    return length
  }

  /**
   * Take in what is asked: it is on the topic, with the sequence from which it holds, before that sequence is learned from.
   *
   * Nothing is taken in while the learner goes again over what it published before: those lists were made without it.
   */
  async #takeCommands(): Promise<void> {
    const learner = this.#learner
    if (this.#output.isAgain(learner) || learner.position + 1 < this.#commands.appliedUpTo) return
    if (this.#asked.length === 0) return
    await this.#publishing
    await this.#writer.settled()
    // None takes effect before its sequence, and that is not learned from before all of them stand on the topic.
    const accepted = (await withKeptWeights(this.#asked, this.#checkpoints)).map(command => {
      const each = learner.accept(command)
      learner.schedule(each.command)
      return each
    })
    failpoint('command.before')
    await this.#output.command(accepted.map(({ command }) => command))
    failpoint('command.after')
    for (const each of accepted) {
      this.#commands.note(each.command)
      const notice = takenText(each)
      if (notice !== null) this.#onNotice(notice)
    }
  }

  /**
   * Keep the state without those whom the learner took in to forget, and no older one; that is put on the topic then.
   *
   * What was published for them before stands on the topic when that is told, and whoever told of them may clear it.
   */
  async #keepForgotten(isIdle: boolean): Promise<void> {
    const accepted = this.#forgotten.at('accepted')
    const isAll = isIdle && accepted.length > 0 && (await this.#reader.caughtUp())
    const due = accepted.filter(({ appliedAt }) => isAll || appliedAt! <= this.#learner.position + 1)
    if (due.length === 0) return
    await this.#sayReached()
    this.#learner.forgetBefore(Math.max(...due.map(({ appliedAt }) => appliedAt!)))
    const checkpoints = await this.#writer.alone(this.reached.offset)
    failpoint('command.before')
    await this.#output.command(
      due.map(({ offset: _, ...command }) => ({
        ...command,
        forget: { ...command.forget, stage: 'learned', removed: { ...command.forget.removed, checkpoints } },
      })),
    )
    failpoint('command.after')
    // It is read back before anything is done again.
    await this.#commands.readUpTo(Number.POSITIVE_INFINITY)
  }

  async #handOver(output: LearnerOutput): Promise<void> {
    await this.#publishing
    const row = this.#learner.position
    this.#publishing = this.#publish(output, this.asked.take()).then(() => this.#output.reach(row, publishEvery))
    this.#publishing.catch(() => {})
    if (this.#writer.isDue) await this.#beginCheckpoint()
  }

  /** Whoever begins from a checkpoint is no further than what the topics say. */
  async #sayReached(): Promise<void> {
    await this.#publishing
    this.#publishing = this.#output.reach(this.#learner.position, 1)
    await this.#publishing
  }

  async #publish(output: LearnerOutput, asked: readonly Recommendation[] = []): Promise<void> {
    const guarded = output.commands.filter(({ commandId }) => !this.#commands.isApplied(commandId))
    await this.#output.publish(output, { guarded, asked })
    for (const command of guarded) {
      this.#commands.note(command)
      this.#onNotice(`The guard took the arm ${command.arm} out: ${command.reason}. ${sharesText(command)}.`)
    }
  }
}
