import type { Log } from '../../log/log.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { topicsOf } from '../../records/topics.ts'
import type { Checkpoints } from '../checkpoint.ts'
import type { ExplainedList, Learner } from '../learner.ts'
import { blockRanges, openBlocks } from './blocks/open-blocks.ts'
import { CommandFeed } from './command-feed.ts'

export interface ReplayOptions {
  /** Of the pipeline. */
  name: string
  parts: number
  log: Log
  /** One that has learned nothing yet. */
  learner: Learner
  checkpoints: Pick<Checkpoints, 'before'>
  /** Row behind the list, and whose it is. */
  sequence: number
  userId: string
  /** Sequences that are worth learning from again; where more are needed the answer is null. */
  most: number
  /** Sequences that were learned from again so far, and how many it will be. */
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

/**
 * Make a list again as it was made, by learning again what came between the checkpoint before it and itself, and say why it
 * is what it is.
 *
 *     const again = await replayList({ name: 'shop', parts: 1, log, learner, checkpoints, sequence: 2042, userId: 'ann', most: 50_000 })
 *     again?.list.items   // the very items that were published
 *
 * Null where no kept checkpoint, nor the beginning of the log, is near enough, or where the row gave rise to no list.
 */
export async function replayList(options: ReplayOptions): Promise<ExplainedList | null> {
  const { name, parts, log, learner, sequence, userId, most, onProgress, signal } = options
  const topics = topicsOf(name)
  const kept = await options.checkpoints.before(sequence)
  if (kept !== null) learner.restore(kept.state)
  const ranges = await blockRanges(log, topics, parts)
  const isGone = kept !== null && kept.offset < ranges.order.range.first
  if (isGone || sequence - learner.position > most) return null
  const commands = await CommandFeed.open(log, topics.commands, new Forgotten(() => null), () => {})
  commands.scheduleOn(learner)
  await commands.close()

  let explained: ExplainedList | null = null
  const from = learner.position
  const blocks = await openBlocks(log, { topics, parts, ranges, checkpoint: kept, onLost: undefined })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const read = await blocks.read(100)
      for (const each of read) {
        const block = each.block()
        if (block === null) continue
        // The log of a learner without a checkpoint must begin where it began.
        if (learner.position === 0 && block.sequence.length > 0 && block.sequence[0] !== 1) return null
        const end = block.sequence.findIndex(row => row > sequence)
        const to = end < 0 ? block.sequence.length : end
        learner.consume(block, 0, to, { explain: { sequence, userId, take: each => (explained = each) } })
        onProgress?.(learner.position - from, sequence - from)
        if (learner.position >= sequence) return explained
      }
      if (read.length === 0 && (await blocks.caughtUp())) return null
    }
  } finally {
    await blocks.close()
  }
}
