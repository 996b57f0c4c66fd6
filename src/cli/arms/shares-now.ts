import { existsSync } from 'node:fs'
import { type Command, isAboutArms } from '../../records/command.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { topicsOf } from '../../records/topics.ts'
import { givenCommands } from '../../run/arms/given-commands.ts'
import { type Shares, sharesFrom } from '../../run/arms/prepare-command.ts'
import type { Connection } from '../../run/messages.ts'
import { openLog } from '../../run/open-log.ts'
import type { ChosenPipeline } from '../choose-pipeline.ts'

export interface SharesNow {
  /** Part of the users, of 1, by arm; null where the definition or the log is not at hand. */
  shares: Shares | null
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
    const commands = (await givenCommands(log, topicsOf(name).commands)).filter(isAboutArms)
    if (definition === null) return { shares: null, commands }
    return { shares: sharesFrom(definition, commands), commands }
  } finally {
    await log.close()
  }
}
