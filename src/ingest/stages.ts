import type { LogRecord } from '../log/log.ts'
import type { BehaviourEvent, Item, PipelineDefinition, UserProfile } from '../records/definition.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import type { Reason } from '../records/reasons.ts'
import { reasons } from '../records/reasons.ts'
import type { DeadLetter, EnrichedEvent, ItemRow, RecentIds, UserRow, UserWindow } from '../records/warehouse.ts'
import { BoundedMap } from '../state/bounded-map.ts'
import { type Cleaner, createCleaner } from './clean/clean.ts'
import type { Collected, Collector, Tombstone } from './collect/collect.ts'
import { attempt, contextOf, likedOf, rewardOf } from './definition-calls.ts'
import { itemFeatures, userFeatures } from './join/features.ts'
import { joinEvent } from './join/join.ts'
import { BlockBuilder } from './window/block-builder.ts'
import { newUser, type UserState } from './window/user-state.ts'
import { windowEvent } from './window/window.ts'

/** Where profiles and items come from, up to an event's time. */
export interface Feeds {
  users: { take(timestamp: number): Collected<UserProfile | Tombstone>[] }
  items: { take(timestamp: number): Collected<Item | Tombstone>[] }
}

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
type Rejected = { record: LogRecord; reason: Reason; message: string; at: number }

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
  readonly #userFeatures: BoundedMap<string>
  readonly #itemFeatures: BoundedMap<string>
  readonly #blocks: BlockBuilder
  #sequence: number
  #deadLetter: number

  constructor(options: {
    definition: PipelineDefinition
    collector: Collector<BehaviourEvent>
    position: StagePosition
    /** Milliseconds, for `spent` only. */
    clock: () => number
    blockSize?: number
  }) {
    const { definition, position } = options
    this.#definition = definition
    this.#collector = options.collector
    this.#clock = options.clock
    this.#cleaner = createCleaner(definition, position.recent)
    this.#states = new BoundedMap(definition.window.usersInMemory)
    this.#userFeatures = new BoundedMap(definition.window.usersInMemory)
    this.#itemFeatures = new BoundedMap(definition.window.itemsInMemory)
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
    for (const row of rows.users ?? []) if (!row.deleted) this.#userFeatures.set(row.userId, row.features)
    for (const row of rows.items ?? []) if (!row.deleted) this.#itemFeatures.set(row.itemId, row.features)
    if (!trim) return
    this.#userFeatures.trim()
    this.#itemFeatures.trim()
  }

  /** Ids whose state left memory and must be loaded before these records are worked on. */
  missing(collected: readonly Collected<BehaviourEvent>[]): { states: string[]; users: string[]; items: string[] } {
    const maps = [this.#states, this.#userFeatures, this.#itemFeatures]
    if (!maps.some(map => map.forgetful)) return { states: [], users: [], items: [] }
    const events = collected.flatMap(entry => ('value' in entry ? [entry.value] : []))
    return {
      states: this.#states.missing(events.map(event => event.userId)),
      users: this.#userFeatures.missing(events.map(event => event.userId)),
      items: this.#itemFeatures.missing(events.map(event => event.itemId)),
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
    const rejected: Rejected[] = []
    const kept = this.#clean(collected, rejected)
    const cleaned = this.#clock()
    const users: UserRow[] = []
    const items: ItemRow[] = []
    const events = this.#join(kept, feeds, users, items, rejected)
    const joined = this.#clock()
    for (let k = 0; k < events.length; k++) {
      windowEvent(events[k]!, kept[k]!.user, this.#definition.window.shortLength, this.#blocks)
    }
    const blocks = this.#blocks.take()
    this.spent.clean += cleaned - started
    this.spent.join += joined - cleaned
    this.spent.window += this.#clock() - joined
    return { events, users, items, blocks, deadLetters: this.#deadLetters(rejected) }
  }

  /** Take profiles and items that no event waits for. */
  settle(feeds: Feeds, timestamp: number): StageOutput {
    const users: UserRow[] = []
    const items: ItemRow[] = []
    const rejected: Rejected[] = []
    this.#advance(feeds, timestamp, 0, users, items, rejected)
    return { events: [], users, items, blocks: [], deadLetters: this.#deadLetters(rejected) }
  }

  /** Keep memory within its limits; only when every batch so far is committed. */
  trim(): void {
    this.#states.trim()
    this.#userFeatures.trim()
    this.#itemFeatures.trim()
  }

  #clean(collected: readonly Collected<BehaviourEvent>[], rejected: Rejected[]): Kept[] {
    const kept: Kept[] = []
    for (let at = 0; at < collected.length; at++) {
      const entry = collected[at]!
      const { record } = entry
      if (!('value' in entry)) {
        rejected.push({ record, reason: entry.reason, message: entry.message, at })
        continue
      }
      const event = entry.value
      const user = this.#stateOf(event.userId)
      const context = contextOf(event, this.#definition.features)
      const liked = likedOf(event, this.#definition.like)
      if (context === null || liked === null) {
        rejected.push(context === null ? featureless(record, at) : likeless(record, at))
        continue
      }
      const reward = rewardOf(event, this.#definition.reward)
      const reason = this.#cleaner.check(event, record, user, reward)
      if (reason === null) {
        kept.push({ event, context, liked, record, user, reward: reward!, generation: this.#cleaner.generation, at })
      } else rejected.push({ record, reason, message: reasons[reason], at })
    }
    return kept
  }

  #join(kept: readonly Kept[], feeds: Feeds, users: UserRow[], items: ItemRow[], rejected: Rejected[]) {
    return kept.map(({ event, context, liked, record, reward, generation, at }) => {
      this.#advance(feeds, record.timestamp, at, users, items, rejected)
      this.#sequence += 1
      const row = { sequence: this.#sequence, generation, reward, liked, context }
      return joinEvent(event, record, this.#userFeatures, this.#itemFeatures, row)
    })
  }

  #advance(feeds: Feeds, timestamp: number, at: number, users: UserRow[], items: ItemRow[], rejected: Rejected[]) {
    for (const entry of feeds.users.take(timestamp)) {
      const { record } = entry
      if (!('value' in entry)) rejected.push({ record, reason: entry.reason, message: entry.message, at })
      else if (!attempt(() => users.push(this.#takeUser(entry.value, record)))) rejected.push(featureless(record, at))
    }
    for (const entry of feeds.items.take(timestamp)) {
      const { record } = entry
      if (!('value' in entry)) rejected.push({ record, reason: entry.reason, message: entry.message, at })
      else if (!attempt(() => items.push(this.#takeItem(entry.value, record)))) rejected.push(featureless(record, at))
    }
  }

  #takeUser(value: UserProfile | Tombstone, { timestamp, offset }: LogRecord): UserRow {
    if ('deleted' in value) {
      this.#userFeatures.delete(value.id)
      return { userId: value.id, features: '[]', attributes: '{}', timestamp, offset, deleted: true }
    }
    const features = userFeatures(value, this.#definition.features)
    this.#userFeatures.set(value.userId, features)
    const attributes = JSON.stringify(value.attributes)
    return { userId: value.userId, features, attributes, timestamp, offset, deleted: false }
  }

  #takeItem(value: Item | Tombstone, { timestamp, offset }: LogRecord): ItemRow {
    if ('deleted' in value) {
      this.#itemFeatures.delete(value.id)
      return { itemId: value.id, title: null, features: '[]', attributes: '{}', timestamp, offset, deleted: true }
    }
    const features = itemFeatures(value, this.#definition.features)
    this.#itemFeatures.set(value.itemId, features)
    const attributes = JSON.stringify(value.attributes)
    return { itemId: value.itemId, title: value.title, features, attributes, timestamp, offset, deleted: false }
  }

  #deadLetters(rejected: Rejected[]): DeadLetter[] {
    // In the order of the log, whichever stage said no, so that the cut into batches cannot change the numbers.
    rejected.sort((a, b) => a.at - b.at)
    return rejected.map(({ record, reason, message }) => {
      this.#deadLetter += 1
      const { topic, partition, offset, timestamp, key, value } = record
      return { number: this.#deadLetter, topic, partition, offset, timestamp, reason, message, key, value }
    })
  }

  #stateOf(userId: string): UserState {
    const known = this.#states.get(userId)
    if (known !== undefined) return known
    const state = newUser()
    this.#states.set(userId, state)
    return state
  }
}

function featureless(record: LogRecord, at: number): Rejected {
  return { record, reason: 'invalid', message: "the pipeline's features function fails on it", at }
}

function likeless(record: LogRecord, at: number): Rejected {
  return { record, reason: 'invalid', message: "the pipeline's like function fails on it", at }
}
