import { RecstreamError } from '../errors.ts'
import type { LogRecord } from '../log/log.ts'
import { type BlockOrder, type OrderReached, reachedWith, takenNext } from '../records/block-order.ts'
import { readable } from './readable.ts'
import { avroSchema } from './schema.ts'
import { decodeSingleObject, encodeSingleObject } from './single-object.ts'

/** A record's value on the block-order topic. */
export function encodeBlockOrder(order: BlockOrder): Buffer {
  return encodeSingleObject(avroSchema('block-order'), order)
}

/**
 * A record of the block-order topic; RECORD_INVALID if the bytes are not one.
 *
 * What it returns is sound: blocks are of parts that there are, and each begins where its part ended before.
 */
export function decodeBlockOrder(bytes: Buffer): BlockOrder {
  const { row, change, parts, taken } = decodeSingleObject(avroSchema('block-order'), bytes) as BlockOrder
  const order: BlockOrder = {
    ...{ row, change },
    parts: parts.map(({ row, change, offset }) => ({ row, change, offset })),
    taken: taken.map(({ part, from, to, base, changeFrom, change, changeBase, offset }) => {
      return { part, from, to, base, changeFrom, change, changeBase, offset }
    }),
  }
  if (!isSound(order))
    throw new RecstreamError('RECORD_INVALID', 'The order of blocks contradicts itself; the record is damaged.')
  return order
}

/** The order of blocks in a record of its topic; null where somebody else wrote it, or it cannot be read. */
export function blockOrderOf(record: Pick<LogRecord, 'value' | 'unreadable'>): BlockOrder | null {
  return readable(record, decodeBlockOrder)
}

function isSound({ taken, ...before }: BlockOrder): boolean {
  let reached: OrderReached = before
  for (const block of taken) {
    if (reached.parts[block.part] === undefined) return false
    const { from, base, changeFrom, changeBase } = takenNext(reached, block)
    if (block.from !== from || block.base !== base || block.to < from) return false
    if (block.changeFrom !== changeFrom || block.changeBase !== changeBase || block.change < changeFrom) return false
    reached = reachedWith(reached, block)
  }
  return true
}
