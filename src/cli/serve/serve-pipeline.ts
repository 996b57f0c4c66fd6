import { RecstreamError } from '../../errors.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { startFollower } from '../../run/follower.ts'
import { followSockets, layoutOf } from '../../run/layout.ts'
import { standbyAfterMs } from '../../run/managed-process.ts'
import type { Connection, FromProcess } from '../../run/messages.ts'
import { newRun } from '../../run/owner.ts'
import { ProcessLink } from '../../run/roles/process-link.ts'
import { runServe } from '../../run/roles/serve.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { type HttpCommandOptions, serveOptionsFrom } from '../http-options.ts'
import { openPipelineLog } from '../open-pipeline-log.ts'
import { jsonLine, say, writeLines } from '../print/write-lines.ts'
import { refuseLittleMemory } from '../start/little-memory.ts'
import { stopSignal } from '../stop-signal.ts'

export interface ServeCommandOptions extends CommonOptions, ConnectionOptions, HttpCommandOptions {
  set: Record<string, string>
  follow?: true
  /** Seconds, or true where none are given. */
  standby?: number | true
  backend?: 'native' | 'wasm'
}

/** Answer requests in this process until it is asked to stop; with `--follow` from a learner of its own. */
export async function serve(pipeline: string, connection: Connection, options: ServeCommandOptions): Promise<void> {
  const serveOptions = serveOptionsFrom(options)
  if (options.backend !== undefined && options.follow !== true)
    throw new RecstreamError('CONFIG_INVALID', 'Only a follower computes here; give --backend with --follow.')
  if (options.standby !== undefined && options.follow !== true)
    throw new RecstreamError('CONFIG_INVALID', 'Only a follower can stand by; give --standby with --follow.')
  if (options.follow) refuseLittleMemory()
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
  if (options.follow !== true) return runServe(assignment, new ProcessLink(stopped, hear))
  const run = newRun()
  const { serve: _, ...learning } = assignment
  const backend = options.backend === undefined ? {} : { backend: options.backend }
  const { standby } = options
  const afterMs = standby === true ? standbyAfterMs : (standby ?? 0) * 1_000
  const stands = standby === undefined ? {} : { standby: { afterMs } }
  const follower = startFollower({ ...learning, ...backend, ...stands, run }, say)
  // Without its learner there is nothing to serve.
  const gone = new AbortController()
  const failure = follower.failed.catch((error: unknown) => {
    gone.abort()
    return error
  })
  const link = new ProcessLink(AbortSignal.any([stopped, gone.signal]), hear)
  await runServe(assignment, link, followSockets(run.id)).finally(follower.stop)
  if (gone.signal.aborted) throw await failure
}
