import { blockOf } from '../../codec/block.ts'
import type { Log } from '../../log/log.ts'
import { Forgotten } from '../../records/forgotten.ts'
import { topicsOf } from '../../records/topics.ts'
import type { Checkpoints } from '../checkpoint.ts'
import type { ExplainedList, Learner } from '../learner.ts'
import { CommandFeed } from './command-feed.ts'

export interface ReplayOptions {
  /** Of the pipeline. */
  name: string
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
 *     const again = await replayList({ name: 'shop', log, learner, checkpoints, sequence: 2042, userId: 'ann', most: 50_000 })
 *     again?.list.items   // the very items that were published
 *
 * Null where no kept checkpoint, nor the beginning of the log, is near enough, or where the row gave rise to no list.
 */
export async function replayList(options: ReplayOptions): Promise<ExplainedList | null> {
  const { name, log, learner, sequence, userId, most, onProgress, signal } = options
  const topics = topicsOf(name)
  const topic = topics.interestSequences
  const kept = await options.checkpoints.before(sequence)
  if (kept !== null) learner.restore(kept.state)
  const [range] = await log.ranges(topic)
  const offset = kept?.offset ?? range!.first
  if (offset < range!.first || sequence - learner.position > most) return null
  const commands = await CommandFeed.open(log, topics.commands, new Forgotten(() => null), () => {})
  commands.scheduleOn(learner)
  await commands.close()

  let explained: ExplainedList | null = null
  const from = learner.position
  const reader = await log.reader([{ topic, partition: 0, offset }], { name: 'explain', maxRecords: 16 })
  try {
    for (;;) {
      signal?.throwIfAborted()
      const records = await reader.read(100)
      for (const record of records) {
        const block = blockOf(record)
        if (block === null) continue
        // The log of a learner without a checkpoint must begin where it began.
        if (learner.position === 0 && block.sequence.length > 0 && block.sequence[0] !== 1) return null
        const end = block.sequence.findIndex(row => row > sequence)
        const to = end < 0 ? block.sequence.length : end
        learner.consume(block, 0, to, { explain: { sequence, userId, take: each => (explained = each) } })
        onProgress?.(learner.position - from, sequence - from)
        if (learner.position >= sequence) return explained
      }
      if (records.length === 0 && (await reader.caughtUp())) return null
    }
  } finally {
    await reader.close()
  }
}
