import { beginsAgain } from '../../../log/again.ts'
import type { Log, PartitionRange } from '../../../log/log.ts'
import { resumeAt } from '../../../log/resume.ts'
import type { OrderReached } from '../../../records/block-order.ts'
import type { Topics } from '../../../records/topics.ts'
import type { Kept } from '../../checkpoint.ts'
import type { Blocks } from './blocks.ts'
import { reachedAt } from './order-reached.ts'
import { OrderedBlocks } from './ordered-blocks.ts'
import { SinglePartBlocks } from './single-part-blocks.ts'

/** Where blocks stand, and where their order does. */
export interface BlockRanges {
  /** The partition by whose offsets checkpoints go on: that of the blocks where there is one part, else that of their order. */
  order: { topic: string; range: PartitionRange }
  /** Partitions that a learner needs all of where it begins anew. */
  all: readonly { topic: string; range: PartitionRange }[]
}

export async function blockRanges(log: Log, topics: Topics, parts: number): Promise<BlockRanges> {
  const { interestSequences: topic, blockOrder } = topics
  const all = (await log.ranges(topic)).map(range => ({ topic, range }))
  if (!(parts > 1)) return { order: all[0]!, all: all.slice(0, 1) }
  const [range] = await log.ranges(blockOrder)
  const order = { topic: blockOrder, range: range! }
  return { order, all: [order, ...all] }
}

/** Whether all is there that a learner needs who begins anew. Where somebody was forgotten it stands further behind. */
export async function isAllThere(log: Pick<Log, 'reader'>, { all }: Pick<BlockRanges, 'all'>): Promise<boolean> {
  for (const { topic, range } of all) if (range.first > 0 && !(await beginsAgain(log, topic, range))) return false
  return true
}

/** Blocks from where a checkpoint goes on, or from the beginning. */
export async function openBlocks(
  log: Log,
  how: {
    topics: Topics
    parts: number
    ranges: BlockRanges
    checkpoint: Pick<Kept, 'offset'> | null
    onLost: ((message: string) => void) | undefined
  },
): Promise<Blocks> {
  const { topics, parts, checkpoint, onLost } = how
  const { order, all } = how.ranges
  const goOn = async (topic: string, range: PartitionRange, kept: number) => {
    const isAgain = kept < range.first && (await beginsAgain(log, topic, range))
    return isAgain ? range.first : resumeAt(log, topic, range, kept, { ours: true, onLost })
  }
  const offset = checkpoint === null ? order.range.first : await goOn(order.topic, order.range, checkpoint.offset)
  if (!(parts > 1)) return SinglePartBlocks.open(log, { topic: order.topic, offset })
  const blocks = all.filter(({ topic }) => topic === topics.interestSequences)
  const known = await reachedAt(log, order.topic, order.range, offset)
  const reached: OrderReached = known ?? {
    ...{ row: 0, change: 0 },
    parts: blocks.map(({ range }) => ({ row: 0, change: 0, offset: range.first })),
  }
  const goOnParts = reached.parts.map(async (part, k) => {
    const { topic, range } = blocks[k]!
    const isAnew = checkpoint === null
    return { ...part, offset: isAnew ? Math.max(range.first, part.offset) : await goOn(topic, range, part.offset) }
  })
  return OrderedBlocks.open(log, topics, { offset, reached: { ...reached, parts: await Promise.all(goOnParts) } })
}
