import { blockOf, encodeBlock } from '../../../../src/codec/block.ts'
import { blockOrderOf } from '../../../../src/codec/block-order.ts'
import type { Log, OutgoingRecord } from '../../../../src/log/log.ts'
import { mergesReadHeader } from '../../../../src/records/command.ts'
import type { InterestBlock } from '../../../../src/records/interest-block.ts'
import { numberedBlock } from '../../../../src/records/numbered-block.ts'
import type { Topics } from '../../../../src/records/topics.ts'
import { allOf } from '../../../log/fixtures/read.ts'
import { type SmallEvent, toBlocks } from '../../interest-stream.ts'

/** What so many parts of ingest make of events: each of its users' events alone, in blocks with rows of its own. */
export function partsOf(events: readonly SmallEvent[], parts: number, size: number): InterestBlock[][] {
  return Array.from({ length: parts }, (_, part) => {
    const own = events.filter(({ user }) => Number(user.slice(1)) % parts === part)
    return toBlocks(own, { shortLength: 4, size }).map(block => ({
      ...block,
      partition: block.partition.map(() => part),
    }))
  })
}

/** Rows and changes that a part has published. */
export interface Reached {
  row: number
  change: number
}

export function reachedWith({ sequence, changes }: InterestBlock, before: Reached): Reached {
  return { row: sequence.at(-1) ?? before.row, change: changes.at(-1)?.number ?? before.change }
}

/** A block as its part publishes it, which had come so far before. */
export function partRecord(
  block: InterestBlock,
  { part, before, mergesRead = 0 }: { part: number; before: Reached; mergesRead?: number },
): OutgoingRecord {
  const { row, change } = reachedWith(block, before)
  const headers = {
    'recstream-first': String(block.sequence[0] ?? row + 1),
    ...{ 'recstream-last': String(row), 'recstream-change': String(change) },
    [mergesReadHeader]: String(mergesRead),
  }
  return { key: null, partition: part, timestamp: 0, value: encodeBlock(block), headers }
}

/** The blocks as one part would have published them, whose order was the one that is recorded; none may stand there twice. */
export async function inRecordedOrder(log: Log, topics: Topics): Promise<InterestBlock[]> {
  const blocks = new Map(
    (await allOf(log, topics.interestSequences)).map(record => [
      `${record.partition}/${record.offset}`,
      blockOf(record)!,
    ]),
  )
  const orders = (await allOf(log, topics.blockOrder)).map(record => blockOrderOf(record)!)
  return orders.flatMap(({ taken }) =>
    taken.map(each => numberedBlock(blocks.get(`${each.part}/${each.offset}`)!, each)),
  )
}
