import type { LogRecord } from '../../log/log.ts'
import type { Item, PipelineDefinition, UserProfile } from '../../records/definition.ts'
import type { ChangeRow, ItemRow, UserRow } from '../../records/warehouse.ts'
import { BoundedMap } from '../../state/bounded-map.ts'
import { type Collected, decodeFailureOf, type Tombstone } from '../collect/collect.ts'
import { DefinitionFailure } from '../definition-calls.ts'
import type { Intake } from '../intake.ts'
import { type Rejected, rejectedBy } from '../rejected.ts'
import { itemFeatures, userFeatures } from './features.ts'
import type { KnownChanges } from './known-changes.ts'

/** Where profiles and items come from, up to an event's time. */
export interface Feeds {
  users: { take(timestamp: number): Collected<UserProfile | Tombstone>[] }
  items: { take(timestamp: number): Collected<Item | Tombstone>[] }
}

/** What taking profiles and items comes to. */
export interface Taken {
  users: UserRow[]
  items: ItemRow[]
  changes: ChangeRow[]
  rejected: Rejected[]
}

/** A batch that has taken nothing yet. */
export function nothingTaken(): Taken {
  return { users: [], items: [], changes: [], rejected: [] }
}

/** A profile in memory: features as a JSON array of tokens, attributes as a JSON object. */
export interface KnownUser {
  features: string
  attributes: string
}

/** The place of an event that waits for profiles and items: in its batch, and the row number that it will have. */
export interface WaitingEvent {
  at: number
  sequence: number
}

/** Features of users and items as of now, by id: what the compacted topics come to. */
export class FeatureTables {
  readonly users: BoundedMap<KnownUser>
  readonly items: BoundedMap<string>
  readonly #features: PipelineDefinition['features']
  readonly #intake: Intake
  readonly #changes: KnownChanges

  constructor({ window, features }: PipelineDefinition, intake: Intake, changes: KnownChanges) {
    this.users = new BoundedMap(window.usersInMemory)
    this.items = new BoundedMap(window.itemsInMemory)
    this.#features = features
    this.#intake = intake
    this.#changes = changes
  }

  /** Put back what the warehouse holds. */
  load(rows: { users?: readonly UserRow[]; items?: readonly ItemRow[] }): void {
    for (const row of rows.users ?? []) if (!row.deleted) this.#knowUser(row)
    for (const row of rows.items ?? []) if (!row.deleted) this.items.set(row.itemId, row.features)
  }

  /** Keep memory within its limits; only when every batch so far is committed. */
  trim(): void {
    this.users.trim()
    this.items.trim()
  }

  /** Take what was written up to a timestamp, before an event. */
  advance(feeds: Feeds, timestamp: number, { at, sequence }: WaitingEvent, taken: Taken): void {
    for (const entry of feeds.users.take(timestamp)) {
      const row = 'value' in entry ? this.#userRow(entry.value, entry.record) : null
      if (!this.#isKept('profiles', entry, row, at, taken)) continue
      taken.users.push(row)
      const { userId: id, features, attributes, offset, deleted } = row
      const { partition } = entry.record
      this.#changes.add({ kind: 'user', sequence, id, features, attributes, deleted, partition, offset }, taken.changes)
    }
    for (const entry of feeds.items.take(timestamp)) {
      const row = 'value' in entry ? this.#itemRow(entry.value, entry.record) : null
      if (!this.#isKept('items', entry, row, at, taken)) continue
      taken.items.push(row)
      const { itemId: id, title, features, attributes, offset, deleted } = row
      const { partition } = entry.record
      const tags = 'value' in entry && 'tags' in entry.value ? entry.value.tags : []
      this.#changes.add(
        { kind: 'item', sequence, id, title, features, attributes, tags, deleted, partition, offset },
        taken.changes,
      )
    }
  }

  /** Whether a record came to a row; counts what became of it. */
  #isKept<Row extends UserRow | ItemRow>(
    kind: 'profiles' | 'items',
    entry: Collected<unknown>,
    row: Row | DefinitionFailure | null,
    at: number,
    taken: Taken,
  ): row is Row {
    if ('passedOver' in entry) {
      this.#intake.passedOver(kind)
      return false
    }
    if (row === null || row instanceof DefinitionFailure) {
      this.#reject(kind, entry, row, at, taken)
      return false
    }
    this.#intake.kept(kind)
    return true
  }

  #reject(
    kind: 'profiles' | 'items',
    entry: Collected<unknown>,
    failure: DefinitionFailure | null,
    at: number,
    taken: Taken,
  ): void {
    const { record } = entry
    // It is one dead letter, though every part reads it.
    if (!this.#changes.tells(record)) return
    if (failure !== null) taken.rejected.push(rejectedBy(failure, record, at))
    else if ('reason' in entry) taken.rejected.push({ record, reason: entry.reason, message: entry.message, at })
    const { reason, message } = taken.rejected.at(-1)!
    this.#intake.rejected(kind, reason, failure ?? decodeFailureOf(entry))
    if (reason === 'impossible-time') this.#intake.fromFuture(kind, message)
  }

  #userRow(value: UserProfile | Tombstone, { timestamp, offset }: LogRecord): UserRow | DefinitionFailure {
    if ('deleted' in value) {
      this.users.delete(value.id)
      return { userId: value.id, features: '[]', attributes: '{}', timestamp, offset, deleted: true }
    }
    const features = userFeatures(value, this.#features)
    if (features instanceof DefinitionFailure) return features
    const attributes = JSON.stringify(value.attributes)
    this.#knowUser({ userId: value.userId, features, attributes })
    return { userId: value.userId, features, attributes, timestamp, offset, deleted: false }
  }

  #itemRow(value: Item | Tombstone, { timestamp, offset }: LogRecord): ItemRow | DefinitionFailure {
    if ('deleted' in value) {
      this.items.delete(value.id)
      return { itemId: value.id, title: null, features: '[]', attributes: '{}', timestamp, offset, deleted: true }
    }
    const features = itemFeatures(value, this.#features)
    if (features instanceof DefinitionFailure) return features
    this.items.set(value.itemId, features)
    const attributes = JSON.stringify(value.attributes)
    return { itemId: value.itemId, title: value.title, features, attributes, timestamp, offset, deleted: false }
  }

  #knowUser({ userId, features, attributes }: Pick<UserRow, 'userId' | keyof KnownUser>): void {
    this.users.set(userId, { features, attributes })
  }
}
