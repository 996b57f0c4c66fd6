import type { LogRecord } from '../../log/log.ts'
import type { Item, PipelineDefinition, UserProfile } from '../../records/definition.ts'
import type { ItemRow, UserRow } from '../../records/warehouse.ts'
import { BoundedMap } from '../../state/bounded-map.ts'
import { type Collected, decodeFailureOf, type Tombstone } from '../collect/collect.ts'
import { DefinitionFailure } from '../definition-calls.ts'
import type { Intake } from '../intake.ts'
import { type Rejected, rejectedBy } from '../rejected.ts'
import { itemFeatures, userFeatures } from './features.ts'

/** Where profiles and items come from, up to an event's time. */
export interface Feeds {
  users: { take(timestamp: number): Collected<UserProfile | Tombstone>[] }
  items: { take(timestamp: number): Collected<Item | Tombstone>[] }
}

/** What taking profiles and items comes to. */
export interface Taken {
  users: UserRow[]
  items: ItemRow[]
  rejected: Rejected[]
}

/** Features of users and items as of now, by id: what the compacted topics come to. */
export class FeatureTables {
  readonly users: BoundedMap<string>
  readonly items: BoundedMap<string>
  readonly #features: PipelineDefinition['features']
  readonly #intake: Intake

  constructor({ window, features }: PipelineDefinition, intake: Intake) {
    this.users = new BoundedMap(window.usersInMemory)
    this.items = new BoundedMap(window.itemsInMemory)
    this.#features = features
    this.#intake = intake
  }

  /** Put back what the warehouse holds. */
  load(rows: { users?: readonly UserRow[]; items?: readonly ItemRow[] }): void {
    for (const row of rows.users ?? []) if (!row.deleted) this.users.set(row.userId, row.features)
    for (const row of rows.items ?? []) if (!row.deleted) this.items.set(row.itemId, row.features)
  }

  /** Keep memory within its limits; only when every batch so far is committed. */
  trim(): void {
    this.users.trim()
    this.items.trim()
  }

  /** Take what was written up to a timestamp; `at` is the place, in its batch, of the event that waits for it. */
  advance(feeds: Feeds, timestamp: number, at: number, taken: Taken): void {
    for (const entry of feeds.users.take(timestamp)) {
      const row = 'value' in entry ? this.#userRow(entry.value, entry.record) : null
      if (this.#isKept('profiles', entry, row, at, taken)) taken.users.push(row)
    }
    for (const entry of feeds.items.take(timestamp)) {
      const row = 'value' in entry ? this.#itemRow(entry.value, entry.record) : null
      if (this.#isKept('items', entry, row, at, taken)) taken.items.push(row)
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
    this.users.set(value.userId, features)
    const attributes = JSON.stringify(value.attributes)
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
}
