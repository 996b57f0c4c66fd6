import { type ShareHistory, shareHistory } from '../../arms/share-history.ts'
import { RecstreamError } from '../../errors.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { topicSpecs, topicsOf } from '../../records/topics.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import type { Connection } from '../../run/messages.ts'
import { nearest } from '../../settings/nearest.ts'
import { appendCommand } from '../append-command.ts'
import { choosePipeline } from '../choose-pipeline.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { givenCommands } from './given-commands.ts'

export interface CommandOptions extends CommonOptions, ConnectionOptions {
  pipeline?: string
  reason?: string
}

/** What is wanted of the arms. */
export type Wanted = Pick<Command, 'kind' | 'shares' | 'arm'>

/** Check a command against the pipeline's arms and append it to the commands topic. */
export async function giveCommand(wanted: Wanted, connection: Connection, options: CommandOptions): Promise<void> {
  const chosen = await choosePipeline(options.pipeline, options.data)
  const definition = await definitionOf(options.pipeline ?? chosen.name)
  checkArms(wanted, definition)
  const log = await openPipelineLog(chosen, connection)
  const topic = topicsOf(chosen.name).commands
  try {
    await log.ensureTopics(topicSpecs(chosen.name, definition.partitions).filter(({ name }) => name === topic))
    const history = shareHistory(definition.arms)
    for (const before of await givenCommands(log, topic)) history.apply(before)
    if (!history.apply(wanted)) throw invalid(`There is no command to undo; ${sharesText(history)}, as it began.`)
    const given = { ...wanted, reason: options.reason ?? '' }
    const command = await appendCommand(given, { log, name: chosen.name, encoding: definition.encoding })
    await writeLines([
      options.json
        ? jsonLine({ pipeline: chosen.name, command, shares: byName(history) })
        : `Given: ${sharesText(history)}. The learner takes it in with the next events; users who move get lists of their new arm from then on.`,
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

function checkArms({ kind, shares, arm }: Wanted, { name: pipeline, arms }: PipelineDefinition): void {
  const names = arms.map(({ name }) => name)
  if (names.length === 1) {
    throw invalid(
      `${pipeline} has one arm, ${names[0]}; name others in its definition (arms: [{ name, policy, share }, …]).`,
    )
  }
  for (const given of kind === 'promote' ? [arm ?? ''] : Object.keys(shares)) {
    if (names.includes(given)) continue
    throw invalid(
      `${pipeline} has no arm "${given}"; did you mean ${nearest(given, names, 1)[0]}? Its arms are ${names.join(', ')}.`,
    )
  }
  const missing = kind === 'shares' ? names.filter(name => !Object.hasOwn(shares, name)) : []
  if (missing.length > 0) {
    throw invalid(`Say what every arm gets, 0 where nothing: ${missing.map(name => `${name}=…`).join(' ')} is missing.`)
  }
  if (kind === 'shares' && names.every(name => shares[name] === 0)) {
    throw invalid('One arm at least must get something; give a share above 0.')
  }
}

function byName({ shares }: ShareHistory): Record<string, number> {
  const total = shares.reduce((sum, { share }) => sum + share, 0)
  return Object.fromEntries(shares.map(({ name, share }) => [name, share / total]))
}

/** 'a gets 20%, b 80% of the users' */
function sharesText(history: ShareHistory): string {
  const parts = Object.entries(byName(history)).map(([name, share], k) => {
    return `${name}${k === 0 ? ' gets' : ''} ${Number((100 * share).toPrecision(3))}%`
  })
  return `${parts.join(', ')} of the users`
}

function invalid(message: string): RecstreamError {
  return new RecstreamError('CONFIG_INVALID', message)
}
