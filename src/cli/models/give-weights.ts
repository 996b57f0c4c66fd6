import type { OtherWeights } from '../../records/command.ts'
import { topicSpecs, topicsOf } from '../../records/topics.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Connection } from '../../run/messages.ts'
import { appendCommand } from '../append-command.ts'
import type { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'

export interface WeightsOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  reason?: string
}

/** Append the command by which the networks take up other weights; `what` says which, for people. */
export async function giveWeights(
  { weights, what }: { weights: OtherWeights; what: string },
  connection: Connection,
  options: WeightsOptions,
  chosen: Awaited<ReturnType<typeof choosePipeline>>,
): Promise<void> {
  const { name } = chosen
  const { encoding, partitions } = await findPipeline(options.pipeline ?? name)
  const log = await openPipelineLog(chosen, connection)
  const topic = topicsOf(name).commands
  try {
    await log.ensureTopics(topicSpecs(name, partitions).filter(each => each.name === topic))
    const wanted = { kind: 'weights' as const, weights, reason: options.reason ?? '' }
    const { commandId } = await appendCommand(wanted, { log, name, encoding })
    const { version } = weights
    await writeLines([
      options.json
        ? jsonLine({ pipeline: name, commandId, version })
        : `Given: the networks of ${name} go on from ${what}. The learner takes it in with the next events, or says why not.`,
    ])
  } finally {
    await log.close()
  }
}
