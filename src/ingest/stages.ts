import type { LogRecord } from '../log/log.ts'
import type { BehaviourEvent, PipelineDefinition } from '../records/definition.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { type Reason, reasons } from '../records/reasons.ts'
import type { DeadLetter, EnrichedEvent, ItemRow, RecentIds, UserRow, UserWindow } from '../records/warehouse.ts'
import { BoundedMap } from '../state/bounded-map.ts'
import { type Cleaner, createCleaner } from './clean/clean.ts'
import type { Collected, Collector } from './collect/collect.ts'
import { DefinitionFailure, likedOf, rewardOf } from './definition-calls.ts'
import { Intake } from './intake.ts'
import { FeatureTables, type Feeds, type Taken } from './join/feature-tables.ts'
import { contextFeatures } from './join/features.ts'
import { joinEvent } from './join/join.ts'
import { deadLettersOf, type Rejected, rejectedBy } from './rejected.ts'
import { BlockBuilder } from './window/block-builder.ts'
import { newUser, type UserState } from './window/user-state.ts'
import { windowEvent } from './window/window.ts'

/** What one batch comes to: the rows of one transaction and the blocks to publish after it. */
export interface StageOutput {
  events: EnrichedEvent[]
  deadLetters: DeadLetter[]
  users: UserRow[]
  items: ItemRow[]
  blocks: InterestBlock[]
}

/** Where the stages left off; row numbers and the duplicate filter come from the warehouse. */
export interface StagePosition {
  sequence: number
  deadLetter: number
  recent?: RecentIds
  /** Sequences up to this row number are on the topic already. */
  publishedSequence: number
}

type Kept = {
  event: BehaviourEvent
  /** Features of what surrounds the event. */
  context: string
  liked: boolean
  record: LogRecord
  user: UserState
  reward: number
  generation: number
  at: number
}

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
  readonly #cleaner: Cleaner
  readonly #states: BoundedMap<UserState>
  readonly #features: FeatureTables
  /** What came in, and what of it was rejected. */
  readonly intake: Intake
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
    onNotice?: (message: string) => void
    blockSize?: number
  }) {
    const { definition, position } = options
    this.#definition = definition
    this.#collector = options.collector
    this.#clock = options.clock
    this.#cleaner = createCleaner(definition, position.recent)
    this.#states = new BoundedMap(definition.window.usersInMemory)
    this.intake = new Intake(options.onNotice)
    this.#features = new FeatureTables(definition, this.intake)
    this.#blocks = new BlockBuilder(options.blockSize ?? 512, position.publishedSequence)
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
  missing(collected: readonly Collected<BehaviourEvent>[]): { states: string[]; users: string[]; items: string[] } {
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

  /** Window rows again that the warehouse holds and the topic does not; their blocks, to publish. */
  rewind(rows: readonly EnrichedEvent[]): InterestBlock[] {
    for (const event of rows) {
      const user = this.#stateOf(event.userId)
      this.#cleaner.recount(event, user)
      windowEvent(event, user, this.#definition.window.shortLength, this.#blocks)
    }
    return this.#blocks.take()
  }

  collect(records: readonly LogRecord[]): Collected<BehaviourEvent>[] {
    const started = this.#clock()
    const collected = records.map(record => this.#collector.collect(record))
    this.spent.collect += this.#clock() - started
    return collected
  }

  /** Clean, join and window a batch. */
  work(collected: readonly Collected<BehaviourEvent>[], feeds: Feeds): StageOutput {
    const started = this.#clock()
    const taken: Taken = { users: [], items: [], rejected: [] }
    const kept = this.#clean(collected, taken.rejected)
    const cleaned = this.#clock()
    const events = this.#join(kept, feeds, taken)
    const joined = this.#clock()
    for (let k = 0; k < events.length; k++) {
      windowEvent(events[k]!, kept[k]!.user, this.#definition.window.shortLength, this.#blocks)
    }
    const blocks = this.#blocks.take()
    this.spent.clean += cleaned - started
    this.spent.join += joined - cleaned
    this.spent.window += this.#clock() - joined
    return { events, blocks, ...this.#output(taken) }
  }

  /** Take profiles and items that no event waits for. */
  settle(feeds: Feeds, timestamp: number): StageOutput {
    const taken: Taken = { users: [], items: [], rejected: [] }
    this.#features.advance(feeds, timestamp, 0, taken)
    return { events: [], blocks: [], ...this.#output(taken) }
  }

  /** Keep memory within its limits; only when every batch so far is committed. */
  trim(): void {
    this.#states.trim()
    this.#features.trim()
  }

  #clean(collected: readonly Collected<BehaviourEvent>[], rejected: Rejected[]): Kept[] {
    const kept: Kept[] = []
    for (let at = 0; at < collected.length; at++) {
      const entry = collected[at]!
      if ('passedOver' in entry) {
        this.intake.passedOver('events')
        continue
      }
      const judged = 'value' in entry ? this.#judge(entry.value, entry.record, at) : entry.reason
      if (typeof judged === 'object' && 'event' in judged) {
        kept.push(judged)
        this.intake.kept('events')
        continue
      }
      const { record } = entry
      const failure = judged instanceof DefinitionFailure ? judged : 'failure' in entry ? (entry.failure ?? null) : null
      if (judged instanceof DefinitionFailure) rejected.push(rejectedBy(judged, record, at))
      else rejected.push({ record, reason: judged, message: 'message' in entry ? entry.message : reasons[judged], at })
      this.intake.rejected('events', rejected.at(-1)!.reason, failure)
    }
    return kept
  }

  /** An event with all that the definition makes of it, or why it is rejected: the producer's fault before the definition's. */
  #judge(event: BehaviourEvent, record: LogRecord, at: number): Kept | Reason | DefinitionFailure {
    const wrong = this.#cleaner.check(event, record)
    if (wrong !== null) return wrong
    const reward = rewardOf(event, this.#definition.reward)
    if (reward instanceof DefinitionFailure) return reward
    const liked = likedOf(event, this.#definition.like)
    if (liked instanceof DefinitionFailure) return liked
    const context = contextFeatures(event, this.#definition.features)
    if (context instanceof DefinitionFailure) return context
    const user = this.#stateOf(event.userId)
    const repeated = this.#cleaner.admit(event, user)
    if (repeated !== null) return repeated
    return { event, context, liked, record, user, reward, generation: this.#cleaner.generation, at }
  }

  #join(kept: readonly Kept[], feeds: Feeds, taken: Taken): EnrichedEvent[] {
    const { users, items } = this.#features
    return kept.map(({ event, context, liked, record, reward, generation, at }) => {
      this.#features.advance(feeds, record.timestamp, at, taken)
      this.#sequence += 1
      const row = { sequence: this.#sequence, generation, reward, liked, context }
      return joinEvent(event, record, users, items, row)
    })
  }

  #output({ users, items, rejected }: Taken): Pick<StageOutput, 'users' | 'items' | 'deadLetters'> {
    const deadLetters = deadLettersOf(rejected, this.#deadLetter)
    this.#deadLetter += deadLetters.length
    return { users, items, deadLetters }
  }

  #stateOf(userId: string): UserState {
    const known = this.#states.get(userId)
    if (known !== undefined) return known
    const state = newUser()
    this.#states.set(userId, state)
    return state
  }
}
