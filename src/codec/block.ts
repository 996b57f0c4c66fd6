import { RecstreamError } from '../errors.ts'
import type { LogRecord } from '../log/log.ts'
import type { InterestBlock } from '../records/interest-block.ts'
import { noSignals } from '../records/signals.ts'
import { traceFrom } from '../records/trace.ts'
import { areSound, type PackedChange, packChange, unpackChange } from './changes.ts'
import { type Packing, packColumn, unpackColumn } from './column.ts'
import { readable } from './readable.ts'
import { avroSchema } from './schema.ts'
import { decodeSingleObject, encodeSingleObject } from './single-object.ts'

type Tables = 'users' | 'items' | 'behaviours'
type Column = Exclude<keyof InterestBlock, Tables | 'changes' | 'traces'>

const packings: Readonly<Record<Column, Packing>> = {
  sequence: 'float64',
  partition: 'int32',
  offset: 'float64',
  user: 'int32',
  item: 'int32',
  behaviour: 'int32',
  time: 'float64',
  reward: 'float64',
  like: 'uint8',
  signals: 'int32',
  answers: 'float64',
  late: 'uint8',
  count: 'int32',
  shortCount: 'int32',
  shortItem: 'int32',
  shortTime: 'float64',
  shortReward: 'float64',
}

interface PackedBlock extends Pick<InterestBlock, Tables | 'traces'>, Record<Column, Buffer> {
  changes: PackedChange[]
}

/** A block's value on the interest-sequences topic. */
export function encodeBlock(block: InterestBlock): Buffer {
  const packed: PackedBlock = {
    ...columns(name => packColumn(block[name], packings[name]), block),
    changes: block.changes.map(packChange),
    traces: block.traces,
  }
  return encodeSingleObject(avroSchema('interest-sequences'), packed)
}

/**
 * A block from the interest-sequences topic; RECORD_INVALID if the bytes are not one.
 *
 * What it returns is sound: columns of one length, indexes that point into the tables, finite rewards, times that are
 * whole, row numbers that rise, changes in order. A block of an earlier version has none.
 */
export function decodeBlock(bytes: Buffer): InterestBlock {
  const packed = decodeSingleObject(avroSchema('interest-sequences'), bytes) as PackedBlock
  const block: InterestBlock = {
    ...columns(name => unpackColumn(packed[name], packings[name]), packed),
    items: packed.items.map(({ id, features }) => ({ id, features })),
    changes: packed.changes.map(unpackChange),
    traces: packed.traces.map(({ sequence, parent, state }) => ({ sequence, parent, state })),
  }
  // A block of an earlier version does not have them.
  if (packed.signals.length === 0) block.signals = block.sequence.map(() => noSignals)
  if (!isSound(block) || !areSound(block))
    throw new RecstreamError('RECORD_INVALID', 'The block contradicts itself; the record is damaged.')
  return block
}

/** The block in a record of the interest-sequences topic; null where somebody else wrote it, or it cannot be read. */
export function blockOf(record: Pick<LogRecord, 'value' | 'unreadable'>): InterestBlock | null {
  return readable(record, decodeBlock)
}

function columns<T>(
  of: (name: Column) => T,
  { users, items, behaviours }: Pick<InterestBlock, Tables>,
): Record<Column, T> & Pick<InterestBlock, Tables> {
  return {
    sequence: of('sequence'),
    partition: of('partition'),
    offset: of('offset'),
    user: of('user'),
    item: of('item'),
    behaviour: of('behaviour'),
    time: of('time'),
    reward: of('reward'),
    like: of('like'),
    signals: of('signals'),
    answers: of('answers'),
    late: of('late'),
    count: of('count'),
    shortCount: of('shortCount'),
    shortItem: of('shortItem'),
    shortTime: of('shortTime'),
    shortReward: of('shortReward'),
    users,
    items,
    behaviours,
  }
}

function isSound(block: InterestBlock): boolean {
  const length = block.sequence.length
  for (const name of ['partition', 'offset', 'user', 'item', 'behaviour', 'time', 'reward', 'like', 'answers'] as const)
    if (block[name].length !== length) return false
  for (const name of ['late', 'signals', 'count', 'shortCount'] as const)
    if (block[name].length !== length) return false
  const records = block.shortItem.length
  if (block.shortTime.length !== records || block.shortReward.length !== records) return false
  return (
    sumOfCounts(block.shortCount) === records &&
    areIndexes(block.user, block.users.length) &&
    areIndexes(block.item, block.items.length) &&
    areIndexes(block.behaviour, block.behaviours.length) &&
    areIndexes(block.shortItem, block.items.length) &&
    rise(block.sequence) &&
    areWhole(block.offset) &&
    areWhole(block.time) &&
    areWhole(block.answers) &&
    areWhole(block.shortTime) &&
    block.traces.every(({ parent, state }) => traceFrom(parent, state)?.state === state) &&
    areFinite(block.reward) &&
    areFinite(block.shortReward)
  )
}

function sumOfCounts(column: readonly number[]): number {
  let sum = 0
  for (let at = 0; at < column.length; at++) {
    if (column[at]! < 0) return -1
    sum += column[at]!
  }
  return sum
}

function areIndexes(column: readonly number[], length: number): boolean {
  for (let at = 0; at < column.length; at++) if (column[at]! < 0 || column[at]! >= length) return false
  return true
}

/** There are holes where people were forgotten. */
function rise(column: readonly number[]): boolean {
  for (let at = 1; at < column.length; at++) if (column[at]! <= column[at - 1]!) return false
  return areWhole(column)
}

function areWhole(column: readonly number[]): boolean {
  for (let at = 0; at < column.length; at++) if (!Number.isSafeInteger(column[at])) return false
  return true
}

function areFinite(column: readonly number[]): boolean {
  for (let at = 0; at < column.length; at++) if (!Number.isFinite(column[at])) return false
  return true
}
