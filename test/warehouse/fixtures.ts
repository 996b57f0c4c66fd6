import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  DeadLetter,
  EnrichedEvent,
  ItemRow,
  UserRow,
  Warehouse,
  WarehouseBatch,
} from '../../src/records/warehouse.ts'
import type { WarehouseOptions } from '../../src/warehouse/duckdb-warehouse.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'

export interface Folder {
  root: string
  paths: { file: string; snapshots: string; archive: string }
  open(options?: Partial<WarehouseOptions>): Promise<Warehouse>
  remove(): void
}

/** A data folder of its own, removed afterwards. */
export function temporaryFolder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'recstream-warehouse-'))
  const paths = {
    file: join(root, 'warehouse.duckdb'),
    snapshots: join(root, 'snapshots'),
    archive: join(root, 'archive'),
  }
  return {
    root,
    paths,
    open: options => openWarehouse({ ...paths, memoryLimitMb: 256, threads: 1, ...options }),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

export const noRows: WarehouseBatch = {
  events: [],
  deadLetters: [],
  users: [],
  items: [],
  recommendations: [],
  versions: [],
  commands: [],
  changes: [],
  positions: [],
}

export function event(sequence: number, changes: Partial<EnrichedEvent> = {}): EnrichedEvent {
  return {
    sequence,
    partition: 0,
    offset: sequence - 1,
    eventId: `event-${sequence}`,
    userId: 'ada',
    itemId: `item-${sequence}`,
    behaviour: 'view',
    time: 1_000_000 + sequence,
    value: 3.5,
    properties: null,
    recommendationId: null,
    reward: 0.25,
    liked: false,
    late: false,
    userKnown: true,
    itemKnown: true,
    userFeatures: '["age=25-34"]',
    itemFeatures: '["genre=drama"]',
    count: sequence,
    generation: 1,
    ...changes,
  }
}

/** Events with the counts and the late marks that ingest would give them. */
export function kept(rows: readonly { userId: string; time: number; generation?: number }[]): EnrichedEvent[] {
  const users = new Map<string, { count: number; newest: number }>()
  return rows.map(({ userId, time, generation = 1 }, k) => {
    const user = users.get(userId) ?? { count: 0, newest: Number.NEGATIVE_INFINITY }
    const late = time < user.newest
    users.set(userId, { count: user.count + 1, newest: Math.max(user.newest, time) })
    return event(k + 1, { userId, time, late, count: user.count + 1, generation, reward: ((k * 7) % 11) / 10 })
  })
}

export function deadLetter(number: number, changes: Partial<DeadLetter> = {}): DeadLetter {
  return {
    number,
    topic: 'shop.behaviour-events',
    partition: 0,
    offset: number,
    timestamp: 1_000_000,
    reason: 'invalid',
    message: 'the value does not have the shape that its topic asks for',
    key: Buffer.from('ada'),
    value: Buffer.from([0, 255, 1, 254]),
    headers: { trace: Buffer.from('ünal'), id: Buffer.from([0xff, 0]) },
    ...changes,
  }
}

export function user(userId: string, changes: Partial<UserRow> = {}): UserRow {
  return { userId, features: '["age=25-34"]', attributes: '{}', timestamp: 1000, offset: 0, deleted: false, ...changes }
}

export function item(itemId: string, changes: Partial<ItemRow> = {}): ItemRow {
  return {
    itemId,
    title: null,
    features: '[]',
    attributes: '{}',
    timestamp: 1000,
    offset: 0,
    deleted: false,
    ...changes,
  }
}

export async function all<T>(chunks: AsyncIterable<T[]>): Promise<T[]> {
  const rows: T[] = []
  for await (const chunk of chunks) rows.push(...chunk)
  return rows
}
