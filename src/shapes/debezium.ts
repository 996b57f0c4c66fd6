import { RecstreamError } from '../errors.ts'
import { whatIs } from '../records/checks/unfit.ts'
import type { ForeignRecord } from '../records/definition.ts'
import { connectPayload } from './connect.ts'
import { asObject } from './read.ts'

/** What a record of a Debezium topic says of one row of a table. */
export interface DebeziumChange {
  /** `read` is a row of the snapshot that a connector begins with. */
  op: 'create' | 'update' | 'delete' | 'read'
  /** The row is gone; `row` then has what was known of it, its key at least. */
  deleted: boolean
  row: Readonly<Record<string, unknown>>
  /** The row before, where the database says it. */
  before: Readonly<Record<string, unknown>> | null
  /** When the connector took it up, milliseconds since 1970; null where the record does not say. */
  time: number | null
}

const operations: Readonly<Record<string, DebeziumChange['op']>> = { c: 'create', u: 'update', d: 'delete', r: 'read' }

/**
 * The change of a row that a record of Debezium says; null for one that is about no row (a truncated table, a message).
 *
 *     item: record => {
 *       const change = debeziumChange(record)
 *       if (change === null) return null
 *       const itemId = read.text(change.row, 'id')
 *       return change.deleted ? { deleted: true, itemId } : { itemId, title: read.text(change.row, 'name', { or: null }) }
 *     }
 *
 * It takes the envelope (`before`, `after`, `op`), the same in Kafka Connect's `schema` and `payload`, a record that was
 * flattened (ExtractNewRecordState, with `__op` and `__deleted` if they are there), and the null value that follows a
 * delete: that says the delete once more, by the key. A value that is no object throws RECORD_INVALID.
 */
export function debeziumChange(record: Pick<ForeignRecord, 'key' | 'value'>): DebeziumChange | null {
  const key = asObject(connectPayload(record.key)) ?? {}
  const value = connectPayload(record.value)
  if (value === null) return { op: 'delete', deleted: true, row: key, before: null, time: null }
  const change = asObject(value)
  if (change === undefined)
    throw new RecstreamError('RECORD_INVALID', `A change of Debezium must be an object, not ${whatIs(value)}.`)
  return isDebezium(change) ? enveloped(change, key) : flattened(change, key)
}

/** Whether a value has the fields of Debezium's envelope. */
export function isDebezium(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Row).op === 'string' &&
    ('after' in value || 'before' in value)
  )
}

type Row = Readonly<Record<string, unknown>>

function enveloped(change: Row, key: Row): DebeziumChange | null {
  const op = operations[change.op as string]
  if (op === undefined) return null
  const before = asObject(change.before) ?? null
  const time = typeof change.ts_ms === 'number' ? change.ts_ms : null
  // Many databases say no more of a deleted row than its key.
  if (op === 'delete') return { op, deleted: true, row: { ...key, ...before }, before, time }
  const row = asObject(change.after)
  if (row === undefined)
    throw new RecstreamError(
      'RECORD_INVALID',
      `"after" must be an object where "op" is "${change.op}", not ${whatIs(change.after)}.`,
    )
  return { op, deleted: false, row, before, time }
}

function flattened(row: Row, key: Row): DebeziumChange | null {
  const said = row.__op
  const op =
    row.__deleted === 'true' || row.__deleted === true
      ? 'delete'
      : said === undefined
        ? 'update'
        : operations[said as string]
  if (op === undefined) return null
  const time = typeof row.__ts_ms === 'number' ? row.__ts_ms : null
  const deleted = op === 'delete'
  return { op, deleted, row: deleted ? { ...key, ...row } : row, before: null, time }
}
