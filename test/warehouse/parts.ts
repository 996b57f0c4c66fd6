import { join } from 'node:path'
import type { BlockTaken } from '../../src/records/block-order.ts'
import type { Command } from '../../src/records/command.ts'
import type { ModelVersion } from '../../src/records/model-version.ts'
import type { Part } from '../../src/records/part.ts'
import type { Recommendation } from '../../src/records/recommendation.ts'
import type { EnrichedEvent, UserRow, WarehouseBatch } from '../../src/records/warehouse.ts'
import { openWarehouse } from '../../src/warehouse/open-warehouse.ts'
import type { PartCopy } from '../../src/warehouse/sql/query.ts'
import { seeded } from '../promises/random.ts'
import { deadLetter, event, item, noRows, user } from './fixtures.ts'

const shortLength = 3
const partitions = 6
const start = 1_700_000_000_000

/** What several parts hold, and the same as one. */
export interface Twins {
  one: WarehouseBatch
  parts: WarehouseBatch[]
  order: BlockTaken[]
}

/** Random rows of so many parts, taken by the learner in random blocks. */
export function twins(seed: number, { rows, of }: { rows: number; of: number }): Twins {
  const random = seeded(seed)
  const upTo = (n: number) => Math.floor(random() * n)
  const userOf = (k: number) => ({ userId: `user-${k}`, partition: k % partitions, part: (k % partitions) % of })
  const counts = new Map<string, { count: number; newest: number }>()
  const own = Array.from({ length: of }, () => [] as EnrichedEvent[])
  const offsets = new Array<number>(partitions).fill(0)
  for (let k = 0; k < rows; k++) {
    const { userId, partition, part } = userOf(upTo(20))
    const time = start + k * 60_000 - upTo(3) * 200_000
    const known = counts.get(userId) ?? { count: 0, newest: 0 }
    counts.set(userId, { count: known.count + 1, newest: Math.max(known.newest, time) })
    own[part]!.push(
      event(own[part]!.length + 1, {
        ...{
          userId,
          partition,
          time,
          late: time < known.newest,
          count: known.count + 1,
          offset: offsets[partition]!++,
        },
        ...{ itemId: `item-${upTo(8)}`, reward: upTo(11) / 10, eventId: `event-${k}` },
        ...(upTo(3) === 0 ? { properties: '{"seconds":12}' } : {}),
        recommendationId: upTo(2) === 0 ? `learner-${1 + upTo(rows)}` : null,
      }),
    )
  }
  const order: BlockTaken[] = []
  const taken = new Array<number>(of).fill(0)
  const global: EnrichedEvent[] = []
  while (global.length < rows) {
    const part = upTo(of)
    const from = taken[part]!
    const to = Math.min(own[part]!.length, from + 1 + upTo(6))
    if (to === from) continue
    const base = global.length - from
    const changes = { changeFrom: order.length, change: order.length + 1, changeBase: 0 }
    order.push({ part, from, to, base, ...changes, offset: order.length })
    for (const row of own[part]!.slice(from, to)) global.push({ ...row, sequence: global.length + 1 })
    taken[part] = to
  }
  const lists = global.filter(() => upTo(2) === 0).map((row): Recommendation => listOf(row, upTo))
  const partOf = ({ partition }: { partition: number }) => partition % of
  const users = Array.from({ length: 20 }, (_, k): UserRow => {
    return user(userOf(k).userId, { timestamp: start + k, offset: k, attributes: `{"name":"${k}"}` })
  })
  const items = Array.from({ length: 8 }, (_, k) =>
    item(`item-${k}`, { title: k % 2 ? `Item ${k}` : null, timestamp: start, offset: k, features: '["a","b"]' }),
  )
  const letters = Array.from({ length: 9 }, (_, k) => deadLetter(k + 1, { partition: k % partitions, offset: 500 + k }))
  const learned = { versions: [version(10), version(20)], commands: [command('a', 2), command('b', null)] }
  const eventPositions = offsets.map((offset, partition) => ({ topic: 'shop.behaviour-events', partition, offset }))
  const shared = [
    ...Array.from({ length: partitions }, (_, partition) => ({ topic: 'shop.user-profiles', partition, offset: 4 })),
    { topic: 'shop.items', partition: 0, offset: 8 },
  ]
  const positions = [...eventPositions, ...shared, { topic: 'shop.model-versions', partition: 0, offset: 2 }]
  return {
    order,
    one: {
      ...{ ...noRows, ...learned, users, items, positions },
      ...{ events: global, recommendations: lists, deadLetters: letters },
    },
    parts: own.map((events, part) => ({
      ...{ ...noRows, events, users, items },
      ...(part === 0 ? learned : {}),
      recommendations: lists.filter(list => partOf(list) === part),
      deadLetters: letters.filter(each => partOf(each) === part).map((each, k) => ({ ...each, number: k + 1 })),
      // Another part's partition is read for its profiles, and may be read less far.
      positions: [
        ...positions.filter(each => partOf(each) === part),
        ...shared.filter(each => partOf(each) !== part).map(each => ({ ...each, offset: 1 })),
      ],
    })),
  }
}

function listOf(row: EnrichedEvent, upTo: (n: number) => number): Recommendation {
  const arm = upTo(2) === 0 ? 'plan' : 'bias'
  const other = arm === 'plan' ? 'bias' : 'plan'
  return {
    ...{ recommendationId: `learner-${row.sequence}`, userId: row.userId, time: row.time, sequence: row.sequence },
    ...{ partition: row.partition, offset: row.offset, modelVersion: 1, policy: arm, arm, short: null },
    items: [1, 2].map(rank => ({
      ...{ itemId: `item-${upTo(8)}`, score: 1 / rank, propensity: 0.5, reason: 'popular' },
      alternatives: { [other]: { propensity: 0.25, itemId: `item-${upTo(8)}` } },
    })),
  }
}

function version(sequences: number): ModelVersion {
  return {
    ...{ learner: 'learner', version: sequences, sequence: sequences, sequences, step: 1, weightsSha256: 'ab' },
    ...{ champion: 'plan', scores: [{ policy: 'plan', metric: 'rmse', value: 0.9, events: sequences }] },
    ...{ served: [], index: [] },
  }
}

function command(commandId: string, appliedAt: number | null): Command & { offset: number } {
  return {
    ...{ commandId, kind: 'shares', shares: { plan: 0.5, bias: 0.5 }, arm: null, fromUser: null, toUser: null },
    ...{ time: start, reason: 'a test', appliedAt, offset: appliedAt ?? 1 },
  }
}

/** A copy of tables that hold a batch. */
export async function copyWith(folder: string, ...batches: WarehouseBatch[]): Promise<string> {
  const paths = { file: join(folder, 'warehouse.duckdb'), snapshots: join(folder, 'snapshots') }
  const warehouse = await openWarehouse({ ...paths, archive: join(folder, 'archive'), shortLength })
  for (const batch of batches) await warehouse.commit(batch)
  const copy = await warehouse.snapshot()
  await warehouse.close()
  return copy
}

/** Copies of parts, the order of blocks in that of part 0. */
export function copiesOf(folder: string, { parts, order }: Pick<Twins, 'parts' | 'order'>): Promise<PartCopy[]> {
  return Promise.all(
    parts.map(async (batch, part): Promise<PartCopy> => {
      const each: Part = { part, of: parts.length }
      return { ...each, path: await copyWith(join(folder, `${part}`), part === 0 ? { ...batch, order } : batch) }
    }),
  )
}
