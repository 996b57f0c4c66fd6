import { RecstreamError } from '../../errors.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { topicSpecs, topicsOf } from '../../records/topics.ts'
import { checkArms, sharesAfter, sharesText, type Wanted } from '../../run/arms/prepare-command.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Connection } from '../../run/messages.ts'
import { appendCommand } from '../append-command.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'

export interface CommandOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  reason?: string
}

/** Check a command against the pipeline's arms and append it to the commands topic. */
export async function giveCommand(wanted: Wanted, connection: Connection, options: CommandOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const definition = await definitionOf(options.pipeline ?? chosen.name)
  checkArms(wanted, definition)
  const log = await openPipelineLog(chosen, connection)
  const topic = topicsOf(chosen.name).commands
  try {
    await log.ensureTopics(topicSpecs(chosen.name, definition.partitions).filter(({ name }) => name === topic))
    const shares = await sharesAfter(wanted, definition, log)
    const given = { ...wanted, reason: options.reason ?? '' }
    const command = await appendCommand(given, { log, name: chosen.name, encoding: definition.encoding })
    await writeLines([
      options.json
        ? jsonLine({ pipeline: chosen.name, command, shares })
        : `Given: ${sharesText(shares)}. The learner takes it in with the next events; users who move get lists of their new arm from then on.`,
    ])
  } finally {
    await log.close()
  }
}

async function definitionOf(given: string): Promise<PipelineDefinition> {
  try {
    return await findPipeline(given)
  } catch (error) {
    if (!(error instanceof RecstreamError && error.code === 'PIPELINE_UNKNOWN')) throw error
    throw invalid(`Which arms ${given} has stands in its definition; give its module with --pipeline ./${given}.js.`)
  }
}

function invalid(message: string): RecstreamError {
  return new RecstreamError('CONFIG_INVALID', message)
}
