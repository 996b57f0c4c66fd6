import type { LogRecord, Position } from '../../log/log.ts'
import { Forgotten } from '../../records/forgotten.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import type { Recommendation } from '../../records/recommendation.ts'
import { topicsOf } from '../../records/topics.ts'
import type { Learner, LearnerOutput } from '../learner.ts'
import { AskedLists } from './asked-lists.ts'
import type { BlockRead, Blocks } from './blocks/blocks.ts'
import { blockRanges, openBlocks } from './blocks/open-blocks.ts'
import { CheckpointWriter } from './checkpoint-writer.ts'
import { CommandFeed } from './command-feed.ts'
import { CommandIntake } from './command-intake.ts'
import type { Follow } from './follow.ts'
import type { FollowerLists } from './follower-lists.ts'
import type { HandedOver, Rest } from './handed-over.ts'
import type { LearnOptions } from './learn-options.ts'
import { learnSlices, slice } from './learn-slices.ts'
import { newestOrAnew } from './newest-or-anew.ts'
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
  readonly #learner: Learner
  readonly #writer: CheckpointWriter
  readonly #output: Output
  readonly #blocks: Blocks
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
  /** Blocks that were read and not learned from, oldest first; a checkpoint is never written inside one. */
  #left: readonly BlockRead[] = []
  /** What a follower left of the first of them. */
  #rest: Rest | null = null
  /** Publishes what is asked for beside the rest; null: it stands among that. */
  readonly #beside: FollowerLists | null
  /** What those who ask are answered. */
  readonly asked: AskedLists

  private constructor(parts: {
    options: LearnOptions
    output: Output
    blocks: Blocks
    commands: CommandFeed
    forgotten: Forgotten
    handed?: HandedOver
  }) {
    const { definition, learner, checkpoints, clock } = parts.options
    const every = definition.learn.checkpointEvery
    const others = { kept: null, alone: parts.forgotten.size > 0 }
    const kept = parts.handed === undefined ? { kept: learner.sequences } : others
    this.#blocks = parts.blocks
    this.#left = parts.handed?.left ?? []
    this.#rest = parts.handed?.rest ?? null
    this.#writer = new CheckpointWriter({ learner, checkpoints, every, ...kept, offset: this.offset, clock })
    this.#learner = learner
    this.#onUnreadable = parts.options.onUnreadable ?? (() => {})
    this.#stopped = parts.options.stopped
    this.#output = parts.output
    this.#commands = parts.commands
    this.#onNotice = parts.options.onNotice ?? (() => {})
    this.#forgotten = parts.forgotten
    const { output, commands, forgotten } = parts
    const around = { checkpoints, writer: this.#writer, onNotice: this.#onNotice }
    this.#intake = new CommandIntake({ learner, output, commands, forgotten, ...around })
    this.#beside = parts.handed?.lists ?? null
    this.asked = parts.handed?.asked ?? new AskedLists(learner, parts.blocks, () => !this.#output.isAgain(learner))
  }

  static async open(options: LearnOptions): Promise<Learn> {
    const { definition, log, learner, checkpoints } = options
    const topics = topicsOf(definition.name)
    const output = await Output.open(options)
    const { parts } = definition
    const ranges = await blockRanges(log, topics, parts)
    const checkpoint = await newestOrAnew(checkpoints, { log, ranges, onNotice: options.onNotice })
    if (checkpoint !== null) learner.restore(checkpoint.state)
    const blocks = await openBlocks(log, { topics, parts, ranges, checkpoint, onLost: options.onLost })
    blocks.lead(output.leading(learner.position))
    const forgotten = options.forgotten ?? new Forgotten(() => null)
    const commands = await CommandFeed.open(log, topics.commands, forgotten, options.onUnreadable ?? (() => {}))
    commands.scheduleOn(learner)
    return new Learn({ options, output, blocks, commands, forgotten })
  }

  /**
   * Go on from a follower, with its learner, as the leader; who led before is shut out. Rejects where that cannot be, and the
   * follower follows on.
   *
   *     if (follow.leaderIsGone) const learn = await Learn.takeOver(options, follow)
   */
  static async takeOver(options: LearnOptions, follow: Pick<Follow, 'handOver'>): Promise<Learn> {
    const output = await Output.open(options)
    const handed = await follow.handOver()
    const { blocks, commands, forgotten } = handed
    blocks.lead(output.leading(options.learner.position))
    const learn = new Learn({ options, output, blocks, commands, forgotten, handed })
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
    if (this.#left.length === 0) this.#left = await this.#blocks.read(waitMs)
    const read = this.#left
    if (read.length === 0) this.asked.caughtUp()
    this.#lastRead = 0
    let output = noOutput()
    let waiting = 0
    await this.#commands.read(0)
    // Who was forgotten before a block must be before it is learned from.
    if (read.length > 0) await this.#commands.readUpTo(Math.max(...read.map(({ mergesRead }) => mergesRead ?? 0)))
    if (this.#rest === null) await this.#takeCommands()
    while (this.#left.length > 0 && !this.#stopped?.aborted) {
      const [next] = this.#left as [BlockRead]
      this.#mergesRead = next.mergesRead ?? Number.POSITIVE_INFINITY
      // None is taken in within a block.
      if (this.#rest === null && this.#intake.isAsked(this.#mergesRead)) {
        await this.#handOver(output)
        output = noOutput()
        waiting = 0
        await this.#takeCommands()
      }
      const learned = await this.#consume(next, output, pause)
      this.#lastRead += learned
      waiting += learned
      if (waiting < publishEvery) continue
      await this.#handOver(output)
      output = noOutput()
      waiting = 0
    }
    if (waiting > 0 || (this.#beside === null && this.asked.waiting > 0)) await this.#handOver(output)
    // Who follows knows what gave rise to no list, too, where nothing comes that does.
    else if (read.length === 0) await this.#sayReached()
    this.#beside?.publish(this.asked)
    const isBetween = this.#left.length === 0 && !this.#stopped?.aborted
    if (isBetween && this.#forgotten.isPending) await this.#keepForgotten(read.length === 0)
    return read.length > 0
  }

  /** Lists published in this process. */
  get recommendations(): number {
    return this.#output.recommendations
  }

  /** When the first of them was. */
  get firstRecommendationAt(): number | null {
    return this.#output.firstRecommendationAt
  }

  /** Where a checkpoint goes on. */
  get offset(): number {
    return this.#left[0]?.offset ?? this.#blocks.offset
  }

  /** The next blocks to be learned from, of every partition that is read. */
  get positions(): Position[] {
    return this.#blocks.positions(this.#left)
  }

  /** Every sequence that was published when this was called is learned from, and its lists are published. */
  caughtUp(): Promise<boolean> {
    return this.#blocks.caughtUp()
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
    if (this.#writer.isCurrent) return this.#writer.reach(this.offset)
    await this.#beginCheckpoint()
    await this.#writer.settled()
  }

  /** What a checkpoint holds must be on the topics before it is kept: it is not learned from again. */
  async #beginCheckpoint(): Promise<void> {
    await this.#writer.begin(this.offset, this.#sayReached())
  }

  async close(): Promise<void> {
    await this.#publishing.then(() => this.#publish(noOutput(), this.#takeAsked())).catch(() => {})
    await this.#beside?.close(this.asked).catch(() => {})
    await this.#writer.settled().catch(() => {})
    await this.#blocks.close()
    await this.#commands.close()
    await this.#output.close()
    this.#learner.dispose()
  }

  /** Lists that were asked for, to be published among those that events give rise to. */
  #takeAsked(): Recommendation[] {
    return this.#beside === null ? this.asked.take() : []
  }

  /** Learn from the first block, or from what is left of it; how many sequences it held. */
  async #consume(read: BlockRead, into: LearnerOutput, pause: () => Promise<void>): Promise<number> {
    const rest = this.#rest
    const whole = rest?.block ?? read.block()
    if (whole === null) this.#onUnreadable(read.record)
    const next = this.#learner.position + 1
    const block = rest?.block ?? (whole === null ? null : withoutForgotten(whole, this.#forgotten, next))
    if (block !== null) {
      const span = { from: rest?.from ?? 0, to: block.sequence.length }
      this.#writer.changed ||= block.changes.length > 0
      await learnSlices({ learner: this.#learner, asked: this.asked, pause }, block, span, into)
      for (const notice of this.#learner.notices()) this.#onNotice(notice)
    }
    this.#left = this.#left.slice(1)
    this.#rest = null
    return block?.sequence.length ?? 0
  }

  /** Take in what is asked, unless the learner goes again over what it published before. */
  async #takeCommands(): Promise<void> {
    if (this.#intake.isAgain || !this.#intake.isAsked(this.#mergesRead)) return
    await this.#publishing
    await this.#intake.take(this.#mergesRead)
  }

  /** Keep the state without those whom the learner took in to forget, once the rows before are learned from. */
  async #keepForgotten(isIdle: boolean): Promise<void> {
    const due = this.#intake.forgetting(isIdle && (await this.#blocks.caughtUp()))
    if (due.length === 0) return
    await this.#sayReached()
    await this.#intake.keepWithout(due, this.offset)
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
