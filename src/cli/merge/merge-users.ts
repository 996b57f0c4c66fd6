import { RecstreamError } from '../../errors.ts'
import { topicsOf } from '../../records/topics.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Connection } from '../../run/messages.ts'
import { appendCommand } from '../append-command.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'

export interface MergeOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  reason?: string
}

/** Append the command that makes two users one. */
export async function mergeUsers(
  { fromUser, toUser }: { fromUser: string; toUser: string },
  connection: Connection,
  options: MergeOptions,
): Promise<void> {
  for (const id of [fromUser, toUser]) {
    if (id === '') throw new RecstreamError('CONFIG_INVALID', 'A user id is empty; give the ids of two users.')
  }
  if (fromUser === toUser) {
    throw new RecstreamError('CONFIG_INVALID', `"${fromUser}" is one user already; give the ids of two.`)
  }
  const chosen = await choosePipeline(options.pipeline, options.data)
  const { name } = chosen
  const { encoding } = await findPipeline(options.pipeline ?? name)
  const log = await openPipelineLog(chosen, connection)
  try {
    // A topic that is not there is an error of its own: the pipeline has never run.
    await log.ranges(topicsOf(name).commands)
    const wanted = { kind: 'merge' as const, fromUser, toUser, reason: options.reason ?? '' }
    const command = await appendCommand(wanted, { log, name, encoding })
    await writeLines([
      options.json
        ? jsonLine({ pipeline: name, command })
        : `Given: ${fromUser} is ${toUser}. The learner takes it in with the next events.`,
    ])
  } finally {
    await log.close()
  }
}
