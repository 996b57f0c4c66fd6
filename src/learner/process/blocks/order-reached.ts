import { blockOrderOf } from '../../../codec/block-order.ts'
import { backwards } from '../../../log/backwards.ts'
import type { Log, PartitionRange } from '../../../log/log.ts'
import { recordsUpTo } from '../../../log/records-up-to.ts'
import { type BlockOrder, type OrderReached, reachedAfter } from '../../../records/block-order.ts'

/** So many offsets are looked at first. */
const lookedBack = 16

/**
 * What was reached before the record of the block-order topic that stands at an offset, or the first one behind it; null where
 * nothing stands on the topic.
 *
 *     await reachedAt(log, 'shop.block-order', range, checkpoint.offset)   // { row: 12, change: 3, parts: [ … ] }
 */
export async function reachedAt(
  log: Pick<Log, 'reader'>,
  topic: string,
  { partition, first, end }: PartitionRange,
  offset: number,
): Promise<OrderReached | null> {
  for await (const record of recordsUpTo(log, topic, { partition, first: offset, end })) {
    const order = blockOrderOf(record)
    if (order !== null) return before(order)
  }
  // None behind it: who leads may append one meanwhile, which is not what was reached.
  for (const part of backwards({ partition, first, end: offset }, lookedBack)) {
    let last: BlockOrder | null = null
    for await (const record of recordsUpTo(log, topic, part))
      if (record.offset < part.end) last = blockOrderOf(record) ?? last
    if (last !== null) return reachedAfter(last)
  }
  return null
}

function before({ row, change, parts }: BlockOrder): OrderReached {
  return { row, change, parts }
}
