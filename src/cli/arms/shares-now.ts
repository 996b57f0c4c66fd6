import { existsSync } from 'node:fs'
import { shareHistory } from '../../arms/share-history.ts'
import type { Command } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { topicsOf } from '../../records/topics.ts'
import type { Connection } from '../../run/messages.ts'
import { openLog } from '../../run/open-log.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'
import { givenCommands } from './given-commands.ts'

export interface SharesNow {
  /** Part of the users, of 1, by arm; null where the definition or the log is not at hand. */
  shares: Readonly<Record<string, number>> | null
  /** Oldest first. */
  commands: readonly Command[]
}

/** The shares of arms as the definition has them and commands have changed them. */
export async function sharesNow(
  { name, layout }: ChosenPipeline,
  definition: PipelineDefinition | null,
  connection: Connection,
): Promise<SharesNow> {
  if (connection.brokers === undefined && !existsSync(layout.log)) return { shares: null, commands: [] }
  const log = await openLog(connection, layout)
  try {
    const commands = await givenCommands(log, topicsOf(name).commands)
    if (definition === null) return { shares: null, commands }
    const history = shareHistory(definition.arms)
    for (const command of commands) history.apply(command)
    const total = history.shares.reduce((sum, { share }) => sum + share, 0)
    return { shares: Object.fromEntries(history.shares.map(each => [each.name, each.share / total])), commands }
  } finally {
    await log.close()
  }
}
