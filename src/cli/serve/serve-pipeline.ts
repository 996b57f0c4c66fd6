import { findPipeline } from '../../run/find-pipeline.ts'
import { layoutOf } from '../../run/layout.ts'
import type { Connection, FromProcess } from '../../run/messages.ts'
import { ProcessLink } from '../../run/roles/process-link.ts'
import { runServe } from '../../run/roles/serve.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { type HttpCommandOptions, serveOptionsFrom } from '../http-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { stopSignal } from '../stop-signal.ts'

export interface ServeCommandOptions extends CommonOptions, ConnectionOptions, HttpCommandOptions {
  set: Record<string, string>
}

/** Answer requests in this process until it is asked to stop. */
export async function serve(pipeline: string, connection: Connection, options: ServeCommandOptions): Promise<void> {
  const serveOptions = serveOptionsFrom(options)
  const { name } = await findPipeline(pipeline)
  // Nothing is made for a pipeline that has never run here.
  await (await openPipelineLog({ name, layout: layoutOf(options.data, name) }, connection)).close()
  const { stopped } = stopSignal(() =>
    say('Stopping; requests in flight are finished. Press Ctrl-C again to stop at once.'),
  )
  const hear = (message: FromProcess) => {
    if (message.type === 'notice') say(message.message)
    if (message.type === 'listening') {
      if (options.json) void writeLines([jsonLine({ pipeline: name, url: message.url })])
      else
        say(
          `The page is at ${message.url}/. Lists at ${message.url}/v1/users/{id}/recommendations; all that can be asked stands at ${message.url}/openapi.json.`,
        )
    }
  }
  const assignment = { pipeline, settings: options.set, data: options.data, connection, serve: serveOptions }
  await runServe(assignment, new ProcessLink(stopped, hear))
}
