import { commandOf } from '../../codec/output.ts'
import { readerThroughAgain } from '../../log/again.ts'
import type { Log, LogRecord, Reader } from '../../log/log.ts'
import { readToEnd } from '../../log/read-or-end.ts'
import type { Command } from '../../records/command.ts'
import type { Forgotten } from '../../records/forgotten.ts'
import type { Learner } from '../learner.ts'

/** The commands topic as a learner sees it: what is asked of it, and what it took in before. */
export class CommandFeed {
  readonly #reader: Reader
  readonly #onUnreadable: (record: LogRecord) => void
  readonly #applied = new Map<string, Command>()
  #appliedUpTo = 0
  /** How many of those that were taken in `scheduleOn` has seen. */
  #scheduled = 0
  readonly #topic: string
  readonly #forgotten: Forgotten
  readonly #asked = new Map<string, { command: Command; offset: number }>()

  private constructor(
    { topic, reader }: { topic: string; reader: Reader },
    forgotten: Forgotten,
    onUnreadable: (record: LogRecord) => void,
  ) {
    this.#topic = topic
    this.#reader = reader
    this.#forgotten = forgotten
    this.#onUnreadable = onUnreadable
  }

  /** Everything that is on the topic has been read when this resolves. */
  static async open(
    log: Log,
    topic: string,
    forgotten: Forgotten,
    onUnreadable: (record: LogRecord) => void,
  ): Promise<CommandFeed> {
    const [range] = await log.ranges(topic)
    const from = [{ topic, partition: 0, offset: range!.first }]
    const reader = await readerThroughAgain(log, from, { name: 'commands' })
    const feed = new CommandFeed({ topic, reader }, forgotten, onUnreadable)
    await readToEnd(reader, record => feed.#take(record))
    return feed
  }

  /** Take in what has come. */
  async read(waitMs: number): Promise<void> {
    for (const record of await this.#reader.read(waitMs)) this.#take(record)
  }

  /** Take in all up to an offset: what stood there before something that is about to be learned from. */
  async readUpTo(offset: number): Promise<void> {
    while (this.#reader.position(this.#topic, 0) < offset && !(await this.#reader.caughtUp())) await this.read(100)
  }

  /**
   * Commands that no learner has taken in, in the order in which they were asked for; of merges those that ingest had read
   * up to an offset: none holds for a block that was made before it was read.
   */
  asked(merges: number): Command[] {
    if (this.#asked.size === 0) return []
    const ready = ({ command, offset }: { command: Command; offset: number }) =>
      command.kind !== 'merge' || (offset < merges && !this.#isEnded(command, offset))
    return Array.from(this.#asked.values())
      .filter(ready)
      .map(({ command }) => command)
  }

  /** Commands that were taken in, in that order; those of the guard too, which a replay finds by itself. */
  get applied(): Command[] {
    return [...this.#applied.values()]
  }

  /** Row number from which the newest of them holds, 0 if there are none. */
  get appliedUpTo(): number {
    return this.#appliedUpTo
  }

  /**
   * What was taken in after a learner's checkpoint takes effect where it did; what the guard did follows from the events. Called
   * again, it is about what was taken in since; returned are those that were.
   */
  scheduleOn(learner: Pick<Learner, 'position' | 'schedule'>): Command[] {
    if (this.#scheduled === this.#applied.size) return []
    const fresh = this.applied
      .slice(this.#scheduled)
      .filter(({ kind, appliedAt }) => kind !== 'guard' && appliedAt! > learner.position)
    this.#scheduled = this.#applied.size
    for (const command of fresh) learner.schedule(command)
    return fresh
  }

  isApplied(commandId: string): boolean {
    return this.#applied.has(commandId)
  }

  /** It stands on the topic as applied. */
  note(command: Command): void {
    this.#asked.delete(command.commandId)
    this.#forgotten.take(command)
    if (this.#applied.has(command.commandId)) return
    this.#applied.set(command.commandId, command)
    this.#appliedUpTo = Math.max(this.#appliedUpTo, command.appliedAt!)
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #isEnded({ fromUser, toUser }: Command, offset: number): boolean {
    if (this.#forgotten.size === 0 || fromUser === null || toUser === null) return false
    return this.#forgotten.endsMerge({ fromUser, toUser }, offset)
  }

  #take(record: LogRecord): void {
    const command = commandOf(record)
    if (command === null) {
      this.#onUnreadable(record)
      return
    }
    this.#forgotten.take(command, record.offset)
    if (command.forget?.stage === 'done') this.#asked.delete(command.commandId)
    if (command.appliedAt !== null) this.note(command)
    else if (!this.#applied.has(command.commandId) && command.kind !== 'guard' && isToFollow(command))
      this.#asked.set(command.commandId, { command, offset: record.offset })
  }
}

/** Who is to be forgotten is known once ingest has taken it in; one that is given up is nobody. */
const isToFollow = ({ forget }: Command) => forget === undefined || forget.stage === 'taken'
