import type { DuckDBConnection } from '@duckdb/node-api'
import type { Beginning } from '../records/beginning.ts'
import type { BlockTaken } from '../records/block-order.ts'
import type { ChangeRow, Published } from '../records/warehouse.ts'
import { type Cell, readRows } from './read-rows.ts'
import { recordTable, type Table } from './table.ts'

/** What only a restart reads stands in a schema of its own, beside the tables for people. */
export const recovery = 'recovery'

const textOf = (row: ChangeRow, field: 'title' | 'features' | 'attributes'): string | null =>
  field in row ? ((row as unknown as Record<string, string | null>)[field] ?? null) : null
const numberOf = (row: ChangeRow, field: 'partition' | 'offset'): number | null =>
  field in row ? (row as never)[field] : null

export const beginnings = recordTable<Beginning>(
  'beginnings',
  'Profiles and items before these places, dated later, were there when the first event came: known from the beginning.',
  {
    topic: { type: 'VARCHAR', comment: 'Topic' },
    partition: { name: 'source_partition', type: 'INTEGER', comment: 'Partition' },
    offset: { name: 'next_offset', type: 'BIGINT', comment: 'The offset behind the last of them' },
    after: { name: 'dated_after', type: 'BIGINT', comment: 'The newest event then, ms since 1970' },
  },
)

export const origins = recordTable<{ topic: string; id: string }>(
  'origins',
  'The topics that all rows came from: a topic that is made again has another id.',
  {
    topic: { type: 'VARCHAR', comment: 'Topic' },
    id: { type: 'VARCHAR', comment: 'The id that the log gave it' },
  },
)

export const reached = recordTable<{ sequence: number }>(
  'reached',
  'Rows that there were before some were forgotten: their numbers are not given again.',
  { sequence: { type: 'BIGINT', comment: 'The newest row then' } },
)

export const forgotten = recordTable<{ commandId: string }>(
  'forgotten',
  'Commands to forget somebody whose profile was deleted: what came under the id since is somebody new’s.',
  { commandId: { type: 'VARCHAR', comment: 'The command' } },
)

/** What of a block that was taken people's SQL goes by. */
type BlockRow = Pick<BlockTaken, 'part' | 'from' | 'to' | 'base' | 'change'>

export const blockOrder = recordTable<BlockRow>(
  'block_order',
  'Of several parts: the blocks that the learner took, in its order. Row r of the part, after from_row, is its row base + r.',
  {
    part: { type: 'INTEGER', comment: 'The part' },
    from: { name: 'from_row', type: 'BIGINT', comment: 'The part’s newest row before the block' },
    to: { name: 'to_row', type: 'BIGINT', comment: 'The part’s newest row with it' },
    base: { type: 'BIGINT', comment: 'What is added to the part’s row numbers' },
    change: { type: 'BIGINT', comment: 'The part’s newest change with the block' },
  },
)

/** How far each part's blocks have landed: its newest row and change. */
export type OrderLanded = ReadonlyMap<number, Pick<BlockTaken, 'to' | 'change'>>

export async function orderLanded(connection: DuckDBConnection): Promise<OrderLanded> {
  const rows = readRows(
    connection,
    `SELECT part::DOUBLE, max(to_row)::DOUBLE, max(change)::DOUBLE FROM ${recovery}.block_order GROUP BY part`,
    cells => cells as [number, number, number],
  )
  const landed = new Map<number, Pick<BlockTaken, 'to' | 'change'>>()
  for await (const chunk of rows) for (const [part, to, change] of chunk) landed.set(part, { to, change })
  return landed
}

export async function readBeginnings(connection: DuckDBConnection): Promise<Beginning[]> {
  const all: Beginning[] = []
  const rows = readRows(
    connection,
    `SELECT topic, source_partition::DOUBLE, next_offset::DOUBLE, dated_after::DOUBLE FROM ${recovery}.beginnings ORDER BY ALL`,
    ([topic, partition, offset, after]) => ({ topic, partition, offset, after }) as Beginning,
  )
  for await (const chunk of rows) all.push(...chunk)
  return all
}

/** Changes that are not published yet, and the newest that is. */
export const changes: Table<ChangeRow> = {
  name: 'changes',
  comment: 'What became known of items and users and is not published yet.',
  columns: [
    {
      name: 'sequence',
      type: 'BIGINT',
      of: row => row.sequence,
      comment: 'Row number of the event that it comes before',
    },
    { name: 'number', type: 'BIGINT', of: row => row.number, comment: 'Number of the change' },
    { name: 'kind', type: 'VARCHAR', of: row => row.kind, comment: 'item, user, attributes or trace' },
    { name: 'id', type: 'VARCHAR', of: row => row.id, comment: 'The item or the user' },
    { name: 'title', type: 'VARCHAR', of: row => textOf(row, 'title'), comment: 'Title of an item' },
    { name: 'features', type: 'VARCHAR', of: row => textOf(row, 'features'), comment: 'A JSON array' },
    { name: 'attributes', type: 'VARCHAR', of: row => textOf(row, 'attributes'), comment: 'A JSON object' },
    {
      name: 'lists',
      type: 'VARCHAR',
      of: row => listsText(row),
      comment: 'Tags of an item; traceparent and tracestate; JSON',
    },
    { name: 'deleted', type: 'BOOLEAN', of: row => 'deleted' in row && row.deleted, comment: 'It is gone' },
    {
      name: 'source_partition',
      type: 'BIGINT',
      of: row => numberOf(row, 'partition'),
      comment: 'Partition of its record',
    },
    { name: 'source_offset', type: 'BIGINT', of: row => numberOf(row, 'offset'), comment: 'Offset of its record' },
  ],
}

function listsText(row: ChangeRow): string | null {
  if (row.kind === 'item') return JSON.stringify(row.tags)
  return row.kind === 'trace' ? JSON.stringify([row.parent, row.state]) : null
}

/**
 * Changes behind what is published, in order; those of a row before its user's attributes. What versions whose learner forgot
 * users kept of excluded items is told no more.
 */
export function changesAfter(
  connection: DuckDBConnection,
  { sequence, change }: Published,
): AsyncGenerator<ChangeRow[]> {
  return readRows(
    connection,
    `SELECT sequence::DOUBLE, number::DOUBLE, kind, id, title, features, attributes, lists, deleted,
       source_partition::DOUBLE, source_offset::DOUBLE
     FROM ${recovery}.changes
     WHERE (number > ${change} OR (number IS NULL AND sequence > ${sequence})) AND kind <> 'excluded'
     ORDER BY sequence, number NULLS LAST`,
    changeOf,
  )
}

function changeOf([
  sequence,
  number,
  kind,
  id,
  title,
  features,
  attributes,
  lists,
  deleted,
  partition,
  offset,
]: Cell[]) {
  const row = { sequence, number, kind, id }
  if (kind === 'attributes') return { ...row, attributes } as ChangeRow
  if (kind === 'trace') {
    const [parent, state] = JSON.parse(lists as string) as [string, string]
    return { ...row, parent, state } as ChangeRow
  }
  const known = { ...row, features, attributes, deleted, partition, offset }
  return (kind === 'item' ? { ...known, title, tags: JSON.parse(lists as string) } : known) as ChangeRow
}

/** Forget changes that are published, all but the newest: it says how far their numbers have come. */
export async function forgetChanges(connection: DuckDBConnection, { sequence, change }: Published): Promise<void> {
  await connection.run(
    `DELETE FROM ${recovery}.changes WHERE number < ${change} OR (number IS NULL AND sequence <= ${sequence})`,
  )
}
