import { existsSync } from 'node:fs'
import { RecstreamError } from '../errors.ts'
import type { Log } from '../log/log.ts'
import type { Connection } from '../run/messages.ts'
import { openLog } from '../run/open-log.ts'
import type { ChosenPipeline } from './choose-pipeline.ts'

/** The log of a pipeline that has run before; a mistyped name or folder is an error, not a new empty log. */
export function openPipelineLog({ name, layout }: ChosenPipeline, connection: Connection): Promise<Log> {
  if (connection.brokers === undefined && !existsSync(layout.log)) {
    throw new RecstreamError(
      'PIPELINE_UNKNOWN',
      `There is no log of a pipeline "${name}" in ${layout.root}; start it first with \`recstream start ${name}\`, or give --data or --brokers.`,
    )
  }
  return openLog(connection, layout)
}
