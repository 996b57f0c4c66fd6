import type { LogRecord } from '../log/log.ts'
import type { BehaviourEvent, PipelineDefinition } from '../records/definition.ts'
import { Forgotten } from '../records/forgotten.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { onlyPart, type Part } from '../records/part.ts'
import type { Reason } from '../records/reasons.ts'
import { traceIn } from '../records/trace.ts'
import type { ChangeRow, EnrichedEvent, ItemRow, UserRow, UserWindow } from '../records/warehouse.ts'
import { BoundedMap } from '../state/bounded-map.ts'
import { type Cleaner, createCleaner } from './clean/clean.ts'
import { EntryJudge, type Kept } from './clean/judge-entries.ts'
import type { Collected, Collector } from './collect/collect.ts'
import { passedOver } from './forget/passed-over.ts'
import { Intake, type NoticeAbout } from './intake.ts'
import { FeatureTables, type Feeds, nothingTaken, type Taken } from './join/feature-tables.ts'
import { joinEvent } from './join/join.ts'
import { KnownChanges } from './join/known-changes.ts'
import type { Entry, OrderedBatch } from './order/follow.ts'
import { Differences, joinAsRecorded } from './order/recorded-events.ts'
import { deadLettersOf } from './rejected.ts'
import type { StageOutput, StagePosition } from './stage-batch.ts'
import { BlockBuilder } from './window/block-builder.ts'
import { newUser, type UserState } from './window/user-state.ts'
import { windowEvent } from './window/window.ts'

/**
 * collect → clean → join → window as functions from batch to batch; the only state is what a restart restores.
 *
 * How the stream is cut into batches changes nothing: the same records give the same rows and row numbers.
 */
export class Stages {
  /** Milliseconds spent in each stage so far. */
  readonly spent = { collect: 0, clean: 0, join: 0, window: 0 }
  readonly #definition: PipelineDefinition
  readonly #collector: Collector<BehaviourEvent>
  readonly #clock: () => number
  readonly #forgotten: Forgotten
  readonly #cleaner: Cleaner
  readonly #states: BoundedMap<UserState>
  readonly #features: FeatureTables
  /** What came in, and what of it was rejected. */
  readonly intake: Intake
  /** What is recorded and would be decided otherwise now. */
  readonly differences = new Differences()
  readonly #judge: EntryJudge
  readonly #changes: KnownChanges
  readonly #blocks: BlockBuilder
  #sequence: number
  #deadLetter: number

  constructor(options: {
    definition: PipelineDefinition
    collector: Collector<BehaviourEvent>
    position: StagePosition
    /** Milliseconds, for `spent` only. */
    clock: () => number
    /** Told a few times at most: that much is rejected, or that a function of the definition fails. */
    onNotice?: (message: string, about: NoticeAbout) => void
    blockSize?: number
    /** Default: the only one. */
    part?: Part
    /** Whose records are passed over. */
    forgotten?: Forgotten
  }) {
    const { definition, position, part = onlyPart } = options
    this.#definition = definition
    this.#collector = options.collector
    this.#clock = options.clock
    this.#cleaner = createCleaner(definition, position.key, position.recent)
    this.#forgotten = options.forgotten ?? new Forgotten(() => null)
    this.#states = new BoundedMap(definition.window.usersInMemory)
    this.intake = new Intake(options.onNotice, definition)
    this.#judge = new EntryJudge({
      ...{ definition, cleaner: this.#cleaner, intake: this.intake, differences: this.differences },
      stateOf: userId => this.#stateOf(userId),
    })
    const { publishedSequence, publishedChange = 0, change = publishedChange ?? 0 } = position
    this.#changes = new KnownChanges({ number: change, publishedSequence, told: publishedChange !== null, part })
    this.#features = new FeatureTables(definition, this.intake, this.#changes)
    const published = { sequence: publishedSequence, change: publishedChange ?? 0 }
    this.#blocks = new BlockBuilder(options.blockSize ?? 512, published)
    this.#sequence = position.sequence
    this.#deadLetter = position.deadLetter
  }

  /** Row number of the newest kept event. */
  get sequence(): number {
    return this.#sequence
  }

  /** Put users' states back; `trim` at start only, when none of them is needed for a batch at hand. */
  loadUsers(windows: readonly UserWindow[], trim: boolean): void {
    for (const { userId, ...state } of windows) this.#states.set(userId, state)
    if (trim) this.#states.trim()
  }

  loadFeatures(rows: { users?: readonly UserRow[]; items?: readonly ItemRow[] }, trim: boolean): void {
    this.#features.load(rows)
    if (trim) this.#features.trim()
  }

  /** Ids whose state left memory and must be loaded before these records are worked on. */
  missing(collected: readonly Entry[]): { states: string[]; users: string[]; items: string[] } {
    const { users, items } = this.#features
    const maps = [this.#states, users, items]
    if (!maps.some(map => map.forgetful)) return { states: [], users: [], items: [] }
    const events = collected.flatMap(entry => ('value' in entry ? [entry.value] : []))
    return {
      states: this.#states.missing(events.map(event => event.userId)),
      users: users.missing(events.map(event => event.userId)),
      items: items.missing(events.map(event => event.itemId)),
    }
  }

  /** Users of rows whose state left memory and must be loaded before the rows are windowed again. */
  missingUsers(rows: readonly EnrichedEvent[]): string[] {
    return this.#states.forgetful ? this.#states.missing(rows.map(row => row.userId)) : []
  }

  /** Rows up to this one were there, and the last of them are forgotten. */
  skipTo(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence)
  }

  /** Window rows again that the warehouse holds and the topic does not, with the changes before them; their blocks, to publish. */
  rewind(rows: readonly EnrichedEvent[], changes: readonly ChangeRow[]): InterestBlock[] {
    const states = rows.map(({ userId }) => this.#stateOf(userId))
    return this.#window(rows, states, changes, (event, user) => this.#cleaner.recount(event, user))
  }

  /** Which profiles and items the topic tells of behind its last row; known when a rebuild has read it to its end. */
  set recordedChanges(recorded: ReadonlyMap<string, number>) {
    this.#changes.recorded = recorded
  }

  collect(records: readonly LogRecord[]): Collected<BehaviourEvent>[] {
    const started = this.#clock()
    const collected = records.map(record => passedOver(this.#collector.collect(record), this.#forgotten))
    this.spent.collect += this.#clock() - started
    return collected
  }

  /** The same for records of which it is recorded what became of them. */
  collectOrdered({ records, recorded }: OrderedBatch): Entry[] {
    if (recorded === undefined) return this.collect(records)
    return records.map((record, k) => {
      const how = recorded[k]!
      const collected = this.#collector.collect(record)
      if (how === 'not-kept') return { ...passedOver(collected, this.#forgotten), recorded: how }
      if ('row' in how) return { ...collected, recorded: how }
      return { record, reason: how.letter.reason as Reason, message: how.letter.message, recorded: how }
    })
  }

  /**
   * Clean, join and window a batch.
   *
   * With `lettersRecorded` no dead letters are made but those that are recorded.
   */
  work(collected: readonly Entry[], feeds: Feeds, lettersRecorded = false): StageOutput {
    const started = this.#clock()
    const taken = nothingTaken()
    const kept = this.#judge.kept(collected, taken.rejected)
    const cleaned = this.#clock()
    const before = this.#sequence
    const events = this.#join(kept, feeds, taken)
    const joined = this.#clock()
    const states = kept.map(({ user }) => user)
    const blocks = this.#window(events, states, taken.changes)
    this.spent.clean += cleaned - started
    this.spent.join += joined - cleaned
    this.spent.window += this.#clock() - joined
    const keptAt = kept.map(({ at }) => at)
    return { events, blocks, ...this.#output(taken, { sequence: before, keptAt }, lettersRecorded) }
  }

  /** Take profiles and items that no event waits for. */
  settle(feeds: Feeds, timestamp: number, lettersRecorded = false): StageOutput {
    const taken = nothingTaken()
    this.#features.advance(feeds, timestamp, { at: 0, sequence: this.#sequence + 1 }, taken)
    const nothingKept = { sequence: this.#sequence, keptAt: [] }
    return {
      events: [],
      blocks: this.#window([], [], taken.changes),
      ...this.#output(taken, nothingKept, lettersRecorded),
    }
  }

  /** Keep memory within its limits; only when every batch so far is committed. */
  trim(): void {
    this.#states.trim()
    this.#features.trim()
  }

  #join(kept: readonly Kept[], feeds: Feeds, taken: Taken): EnrichedEvent[] {
    const { users, items } = this.#features
    /** Users of the batch who are new: the first of their events is counted when it is windowed. */
    const met = new Set<UserState>()
    return kept.map(({ event, context, liked, record, user, reward, generation, at, row }) => {
      const sequence = row?.sequence ?? this.#sequence + 1
      this.#features.advance(feeds, record.timestamp, { at, sequence }, taken)
      this.#sequence = sequence
      const made = { sequence: this.#sequence, generation, reward, liked, context }
      const joined = joinEvent(event, record, users, items, made)
      const isNew = user.count === 0 && !met.has(user)
      if (isNew) met.add(user)
      if (isNew && !this.#changes.isPublished(sequence)) this.#tellAttributes(event.userId, taken)
      this.#tellTrace(record, event.userId, taken)
      if (row !== null) joinAsRecorded(joined, row)
      return joined
    })
  }

  /** The learner does not know the user of the newest row: it gets their attributes with it. */
  #tellAttributes(userId: string, taken: Taken): void {
    const attributes = this.#features.users.get(userId)?.attributes
    if (attributes === undefined) return
    taken.changes.push({ kind: 'attributes', number: null, sequence: this.#sequence, id: userId, attributes })
  }

  /** The event of the newest row came in a trace, and its list will go on with it. */
  #tellTrace({ headers }: LogRecord, id: string, { changes }: Taken): void {
    const trace = this.#changes.isPublished(this.#sequence) ? null : traceIn(headers)
    if (trace !== null) changes.push({ kind: 'trace', number: null, sequence: this.#sequence, id, ...trace })
  }

  /** Put events, each behind the changes before it, into their users' sequences; the blocks. */
  #window(
    events: readonly EnrichedEvent[],
    states: readonly UserState[],
    changes: readonly ChangeRow[],
    before: (event: EnrichedEvent, user: UserState) => void = () => {},
  ): InterestBlock[] {
    const { shortLength } = this.#definition.window
    let next = 0
    for (let k = 0; k < events.length; k++) {
      const event = events[k]!
      while (next < changes.length && changes[next]!.sequence <= event.sequence) this.#blocks.change(changes[next++]!)
      before(event, states[k]!)
      windowEvent(event, states[k]!, shortLength, this.#blocks)
    }
    while (next < changes.length) this.#blocks.change(changes[next++]!)
    return this.#blocks.take()
  }

  #output(
    { users, items, changes, rejected }: Taken,
    place: { sequence: number; keptAt: readonly number[] },
    lettersRecorded: boolean,
  ): Pick<StageOutput, 'users' | 'items' | 'changes' | 'deadLetters'> {
    const letters = lettersRecorded ? rejected.filter(({ number }) => number !== undefined) : rejected
    const deadLetters = deadLettersOf(letters, this.#deadLetter, place)
    this.#deadLetter = deadLetters.at(-1)?.number ?? this.#deadLetter
    return { users, items, changes, deadLetters }
  }

  #stateOf(userId: string): UserState {
    const known = this.#states.get(userId)
    if (known !== undefined) return known
    const state = newUser()
    this.#states.set(userId, state)
    return state
  }
}
