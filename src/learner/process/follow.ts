import { isRecstreamError, RecstreamError } from '../../errors.ts'
import type { Log, LogRecord, Position } from '../../log/log.ts'
import { Forgotten } from '../../records/forgotten.ts'
import type { ModelVersion } from '../../records/model-version.ts'
import { topicsOf } from '../../records/topics.ts'
import type { Kept } from '../checkpoint.ts'
import type { Learner } from '../learner.ts'
import { AskedLists } from './asked-lists.ts'
import type { BlockRead, Blocks } from './blocks/blocks.ts'
import { type BlockRanges, blockRanges, isAllThere, openBlocks } from './blocks/open-blocks.ts'
import { CommandFeed } from './command-feed.ts'
import { FollowerLists } from './follower-lists.ts'
import type { HandedOver, Rest } from './handed-over.ts'
import { LeaderReach } from './leader-reach.ts'
import { LeaderWatch } from './leader-watch.ts'
import type { LearnOptions } from './learn-options.ts'
import { learnSlices } from './learn-slices.ts'
import { newestOrAnew } from './newest-or-anew.ts'
import { noOutput } from './output.ts'
import { VersionCheck } from './version-check.ts'
import { withoutForgotten } from './without-forgotten.ts'

export interface FollowOptions extends Pick<LearnOptions, 'definition' | 'learner' | 'forgotten' | 'stopped'> {
  log: Log
  /** To begin from; nothing is written there. */
  checkpoints: Pick<LearnOptions['checkpoints'], 'newest'>
  /** A name that no other process has, but the one that is started again in its place. */
  follower: string
  /** One of this name was there before. */
  isAgain?: boolean
  onUnreadable?: (record: LogRecord) => void
  onNotice?: (message: string) => void
  /** Somebody is forgotten: rejects where nobody can say here who. */
  checkKey?: () => Promise<void>
  /** The leader is gone when it was silent for so long though there was something to do; absent: that is nobody's business here. */
  watch?: { afterMs: number; clock: () => number }
}

/**
 * A follower: learns what the leader (`Learn`) has learned, from the same sequences and the commands as the leader took them
 * in, and answers from its own state. Of its events it publishes nothing; the lists that it is asked for are lists.
 *
 * It learns from a row only once the leader has published that far: from then on no command can come in before that row. At
 * every version its weights must be the leader's, bit for bit.
 */
export class Follow {
  readonly #learner: Learner
  readonly #blocks: Blocks
  readonly #leader: LeaderReach
  readonly #commands: CommandFeed
  readonly #forgotten: Forgotten
  readonly #lists: FollowerLists
  readonly #check: VersionCheck
  readonly #watch: LeaderWatch | null
  readonly #options: FollowOptions
  /** What followed from rows of which the leader has not said it yet. */
  #unseen = noOutput()
  #isHandedOver = false
  /** Blocks that were read, oldest first; the first one as far as it is left. */
  #read: BlockRead[] = []
  #rest: Rest | null = null
  /** The newest row that may be learned from: commands before it are scheduled. */
  #may = 0
  /** The leader was so far when this began; before, nobody is answered. */
  readonly #began: number
  /** What those who ask are answered. */
  readonly asked: AskedLists

  private constructor(
    options: FollowOptions,
    parts: { blocks: Blocks; leader: LeaderReach; commands: CommandFeed; forgotten: Forgotten },
  ) {
    const { definition, learner, log, follower, onNotice = () => {} } = options
    this.#options = options
    this.#learner = learner
    this.#blocks = parts.blocks
    this.#leader = parts.leader
    this.#commands = parts.commands
    this.#forgotten = parts.forgotten
    this.#lists = new FollowerLists({ definition, log, follower, onNotice })
    this.#check = new VersionCheck({ every: definition.learn.checkpointEvery, from: learner.sequences })
    this.#watch = options.watch === undefined ? null : new LeaderWatch(options.watch)
    this.#began = parts.leader.row
    this.asked = new AskedLists(learner, parts.blocks, () => learner.position >= this.#began)
  }

  static async open(options: FollowOptions): Promise<Follow> {
    const { definition, log, learner, onNotice, onUnreadable = () => {} } = options
    const topics = topicsOf(definition.name)
    const { parts } = definition
    const ranges = await blockRanges(log, topics, parts)
    const checkpoint = await newestKept(options, ranges)
    if (checkpoint !== null) learner.restore(checkpoint.state)
    const blocks = await openBlocks(log, { topics, parts, ranges, checkpoint, onLost: undefined })
    const leader = await LeaderReach.open(log, topics, onUnreadable)
    const forgotten = options.forgotten ?? new Forgotten(() => null)
    const commands = await CommandFeed.open(log, topics.commands, forgotten, onUnreadable)
    const follow = new Follow(options, { blocks, leader, commands, forgotten })
    if (options.isAgain) await follow.#lists.endLeftOpen()
    await follow.#takeCommands()
    follow.#may = Math.max(leader.row, commands.appliedUpTo - 1)
    if (learner.position < follow.#began) onNotice?.(`Learning up to row ${follow.#began}, where the leader is.`)
    return follow
  }

  /** Learn from what the leader has published, waiting up to `waitMs` for something to come; false when there was nothing. */
  async step(waitMs: number, pause: () => Promise<void>): Promise<boolean> {
    this.#lists.publish(this.asked)
    const had = this.#isWaiting
    await this.#followLeader(had && !this.#mayGoOn ? waitMs : 0)
    if (!had) this.#read = await this.#blocks.read(waitMs)
    if (this.#rest === null && this.#read.length === 0) this.asked.caughtUp()
    const before = this.#learner.position
    while (!this.#options.stopped?.aborted && this.#next() && this.#mayGoOn) await this.#learn(pause)
    this.#lists.publish(this.asked)
    await this.#lookAtLeader()
    return this.#learner.position > before
  }

  /** The leader says nothing any more. */
  get leaderIsGone(): boolean {
    return this.#watch?.isGone ?? false
  }

  /** All of this is another's. */
  get isHandedOver(): boolean {
    return this.#isHandedOver
  }

  /** Somebody else may go on from what the leader said: give it as long again. */
  waitForLeader(): void {
    this.#watch?.wait()
  }

  /**
   * Leave all to whoever goes on as the leader, and has shut out the one before: this is done with then.
   *
   *     const output = await Output.open(options)   // from here on nobody else takes a command in
   *     const handed = await follow.handOver()
   */
  async handOver(): Promise<HandedOver> {
    this.#isHandedOver = true
    await this.#commands.readUpTo(Number.POSITIVE_INFINITY)
    await this.#takeCommands()
    await this.#leader.close()
    const { versions, commands } = this.#unseen
    return {
      ...{ blocks: this.#blocks, commands: this.#commands, forgotten: this.#forgotten },
      ...{ left: this.#left, rest: this.#rest },
      output: { recommendations: [], versions, commands },
      ...{ asked: this.asked, lists: this.#lists },
    }
  }

  /** The newest row that it may learn from. */
  get bound(): number {
    return this.#may
  }

  /** Lists that it was asked for and has published. */
  get recommendations(): number {
    return this.#lists.count
  }

  /** Versions at which its weights were found to be the leader's. */
  get versionsChecked(): number {
    return this.#check.same
  }

  /** Where a checkpoint would go on. */
  get offset(): number {
    return this.#left[0]?.offset ?? this.#blocks.offset
  }

  /** The next blocks to be learned from, of every partition that is read. */
  get positions(): Position[] {
    return this.#blocks.positions(this.#left)
  }

  async close(): Promise<void> {
    await this.#lists.close(this.asked).catch(() => {})
    await this.#blocks.close()
    await this.#leader.close()
    await this.#commands.close()
    this.#learner.dispose()
  }

  /** Whether it goes on, where somebody is to notice that. */
  async #lookAtLeader(): Promise<void> {
    if (this.#watch === null) return
    const isAsked = () => this.#commands.asked(0).length > 0
    const isWaiting = this.#isWaiting ? !this.#mayGoOn : isAsked() || (await this.#blocks.isUndecided())
    this.#watch.look({ row: this.#leader.row, isWaiting })
  }

  /** See how far the leader is, and only then read what it had taken in by then. */
  async #followLeader(waitMs: number): Promise<void> {
    if (!this.#check.isFull) for (const version of await this.#leader.read(waitMs)) this.#told(version)
    const { row } = this.#leader
    if (row > this.#may) await this.#commands.readUpTo(Number.POSITIVE_INFINITY)
    else await this.#commands.read(0)
    await this.#takeCommands()
    // A command holds from a row on: whatever comes after it holds from there, or later.
    this.#may = Math.max(this.#may, row, this.#commands.appliedUpTo - 1)
  }

  /** Commands take effect where they did; who is forgotten is so now, where no row is to come before. */
  async #takeCommands(): Promise<void> {
    const fresh = this.#commands.scheduleOn(this.#learner)
    if (!fresh.some(({ kind }) => kind === 'forget')) return
    await this.#options.checkKey?.()
    this.#learner.forgetBefore(this.#learner.position + 1)
  }

  /** Whether there is a block to go on with; those that none of ours wrote are passed over. */
  #next(): boolean {
    while (this.#rest === null && this.#read.length > 0) {
      const read = this.#read[0]!
      const block = read.block()
      if (block === null) this.#options.onUnreadable?.(read.record)
      // Who was forgotten before its first row is known once that row may be learned from.
      else if ((block.sequence[0] ?? 0) > this.#may) return true
      else {
        const left = withoutForgotten(block, this.#forgotten, this.#learner.position + 1)
        this.#rest = { read, block: left, from: 0 }
      }
      this.#read.shift()
    }
    return this.#rest !== null
  }

  /** There is a block that is not learned from. */
  get #isWaiting(): boolean {
    return this.#rest !== null || this.#read.length > 0
  }

  /** Those blocks, oldest first. */
  get #left(): readonly BlockRead[] {
    return this.#rest === null ? this.#read : [this.#rest.read, ...this.#read]
  }

  #told(version: ModelVersion): void {
    this.#check.told(version)
    const { versions } = this.#unseen
    this.#unseen.versions = versions.filter(own => own.version > version.version)
  }

  /** Whether the leader is further than what is learned from here. */
  get #mayGoOn(): boolean {
    if (this.#rest === null) return false
    const { block, from } = this.#rest
    return from === block.sequence.length || block.sequence[from]! <= this.#may
  }

  async #learn(pause: () => Promise<void>): Promise<void> {
    const { block, from } = this.#rest!
    const { length } = block.sequence
    const end = block.sequence.findIndex((row, k) => k >= from && row > this.#may)
    const to = end < 0 ? length : end
    const output = noOutput()
    await learnSlices({ learner: this.#learner, asked: this.asked, pause }, block, { from, to }, output)
    if (to === length) this.#rest = null
    else this.#rest!.from = to
    this.#check.learned(output.versions)
    this.#unseen.versions.push(...output.versions)
    const { commands } = this.#unseen
    this.#unseen.commands = [...commands, ...output.commands].filter(each => !this.#commands.isApplied(each.commandId))
    for (const notice of this.#learner.notices()) this.#options.onNotice?.(notice)
  }
}

/** The newest checkpoint, if there is one; without it the beginning of the topics must be there. */
async function newestKept(
  { checkpoints, log, onNotice }: Pick<FollowOptions, 'checkpoints' | 'log' | 'onNotice'>,
  ranges: BlockRanges,
): Promise<Kept | null> {
  // The leader may remove the one that is being read, and has written others then.
  const again = () =>
    checkpoints.newest().catch((error: unknown) => {
      if (!isRecstreamError(error, 'CHECKPOINT_CORRUPT')) throw error
      return checkpoints.newest()
    })
  const kept = await newestOrAnew({ newest: again }, { log, ranges, onNotice })
  if (kept === null && !(await isAllThere(log, ranges))) {
    throw new RecstreamError(
      'OFFSET_OUT_OF_RANGE',
      `The beginning of ${ranges.order.topic} is gone, and there is no checkpoint here to follow from; copy the leader's checkpoints to the folder of --data.`,
    )
  }
  return kept
}
