import { blockOrderOf } from '../../codec/block-order.ts'
import { failpoint } from '../../failpoint.ts'
import type { Log } from '../../log/log.ts'
import { reachedAfter } from '../../records/block-order.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import type { ForgetCommand, Forgotten } from '../../records/forgotten.ts'
import type { Part } from '../../records/part.ts'
import { type Topics, topicsOf } from '../../records/topics.ts'
import { tell } from './tell.ts'

interface TogetherOptions {
  definition: PipelineDefinition
  log: Log
  forgotten: Forgotten
  /** The one that says it for all. */
  part: Part
  /** Nothing is left of somebody in any part. */
  onForgotten: (command: ForgetCommand) => Promise<void>
}

/**
 * Say for all parts of ingest how far forgetting somebody has come: that it is taken in, once each has noted it and the learner has
 * taken up all rows that came before; that it is done, once each has cleared its own. What it waits for, in words; null: nothing.
 */
export async function forgetTogether(options: TogetherOptions): Promise<string | null> {
  const { definition, forgotten, part, log } = options
  if (forgotten.size === 0) return null
  const work = { ...options, topics: topicsOf(definition.name) }
  for (const command of forgotten.at('given')) {
    const { parts = [] } = command.forget
    if (parts.length < part.of) return `${part.of - parts.length} of ${part.of} parts have not taken it in`
    const upTo = await rowWith(parts, log, work.topics)
    if (upTo === null) return 'the learner is to take up what came before'
    failpoint('taken.before')
    await tell({ ...command, forget: { ...command.forget, stage: 'taken', upTo } }, work)
    failpoint('taken.after')
  }
  for (const command of forgotten.at('learned')) {
    const left = command.forget.parts?.filter(({ cleared }) => !cleared) ?? []
    if (left.length > 0) return `${left.length} of ${part.of} parts have not cleared what they hold`
    const done: ForgetCommand = { ...command, forget: { ...command.forget, stage: 'done' } }
    failpoint('receipt.before')
    await options.onForgotten(done)
    failpoint('done.before')
    await tell(done, work)
    failpoint('done.after')
  }
  return null
}

/** The learner's row by which it had taken these rows of parts; null where it has not. */
async function rowWith(
  parts: readonly { part: number; upTo: number }[],
  log: Log,
  { blockOrder }: Topics,
): Promise<number | null> {
  if (parts.every(({ upTo }) => upTo === 0)) return 0
  const [newest] = await log.newest(blockOrder)
  const order = newest === undefined ? null : blockOrderOf(newest)
  if (order === null) return null
  const reached = reachedAfter(order)
  return parts.every(({ part, upTo }) => reached.parts[part]!.row >= upTo) ? reached.row : null
}
