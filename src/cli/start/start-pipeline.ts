import { chmodSync } from 'node:fs'
import { RecstreamError } from '../../errors.ts'
import type { Claim } from '../../log/embedded/claim.ts'
import { withSettings } from '../../pipeline/settings.ts'
import { bindFolder } from '../../run/bind-folder.ts'
import { findPipeline } from '../../run/find-pipeline.ts'
import { type Layout, layoutOf } from '../../run/layout.ts'
import type { Connection } from '../../run/messages.ts'
import { openLog } from '../../run/open-log.ts'
import { whenThereIsRoom } from '../../run/room.ts'
import { runPipeline } from '../../run/supervisor.ts'
import type { CommonOptions } from '../common-options.ts'
import type { ConnectionOptions } from '../connection-options.ts'
import { type HttpCommandOptions, serveOptionsFrom } from '../http-options.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'
import { reportError } from '../report-error.ts'
import { exitCodeOf, stopSignal } from '../stop-signal.ts'
import { checkSource } from './check-source.ts'
import { holdPipeline } from './hold-pipeline.ts'
import { refuseLittleMemory } from './little-memory.ts'
import { type ProcessOptions, processesFrom } from './processes.ts'
import { createProgress } from './progress.ts'

export interface StartCommandOptions extends CommonOptions, ConnectionOptions, HttpCommandOptions, ProcessOptions {
  source?: string
  untilIdle?: true
  set: Record<string, string>
  backend?: 'native' | 'wasm'
  import: boolean
  skipLost?: true
}

/** Run a pipeline with progress on stderr, and a summary at the end of an --until-idle run. */
export async function start(pipeline: string, connection: Connection, options: StartCommandOptions): Promise<void> {
  refuseLittleMemory()
  // Everything that a person can get wrong is looked at before a process starts.
  const definition = withSettings(await findPipeline(pipeline), options.set)
  const embedded = connection.brokers === undefined
  const layout = layoutOf(options.data, definition.name)
  const untilIdle = options.untilIdle === true
  const processes = processesFrom(options, definition, layout, { kafka: !embedded, untilIdle })
  const isAll = processes.role === undefined
  // Whoever runs a part of it is fed by others.
  const wanted = isAll && checkSource(definition, { source: options.source, embedded, wanted: options.import })
  const asked = processes.role !== 'ingest' && options.http !== false && (options.http !== undefined || !untilIdle)
  const serve = asked ? serveOptionsFrom(options) : null
  const progress = createProgress({ definition, layout })
  const { stopped, received } = stopSignal(() =>
    progress.say('Stopping; what is committed stays. Press Ctrl-C again to stop at once.'),
  )
  const waiting = { folder: options.data, stopped, onFull: progress.say }
  let held: Claim | undefined
  const end = () => {
    progress.end()
    held?.release()
  }
  const hold = async () => {
    held ??= await holdPipeline(definition.name, layout, processes.lock)
    await checkLog(connection, layout)
  }
  await whenThereIsRoom(hold, waiting).catch((error: unknown) => {
    end()
    throw error
  })
  progress.begin(embedded ? 'the embedded log' : `Kafka at ${connection.brokers!.join(', ')}`)
  const summary = await runPipeline({
    assignment: {
      ...{ pipeline, settings: options.set, data: options.data, connection },
      ...(options.source === undefined ? {} : { source: options.source }),
      ...(options.skipLost === undefined ? {} : { skipLost: true }),
      ...(options.backend === undefined ? {} : { backend: options.backend }),
      ...(serve === null ? {} : { serve }),
    },
    ...{ ...processes, import: wanted, untilIdle },
    stop: stopped,
    onProgress: progress.update,
    onNotice: progress.say,
    clock: () => performance.now(),
  }).finally(end)
  if (summary === null) {
    const signal = received()
    if (options.untilIdle && signal !== null) process.exitCode = exitCodeOf(signal)
    progress.say('Stopped. Start it again to go on from here.')
    return
  }
  if (options.json) void writeLines([jsonLine(summary)])
  else {
    const { printSummary } = await import('./summary.ts')
    await printSummary(summary, definition, layout, options)
  }
  const { error } = summary
  // The summary stays the last line of JSON; the error stands in it.
  if (error !== undefined) reportError(new RecstreamError(error.code, error.message), { json: false, debug: false })
  if (error !== undefined) process.exitCode = 1
}

/** A broker that does not answer, or a folder that belongs to another log, is reported before a process starts. */
async function checkLog(connection: Connection, layout: Layout): Promise<void> {
  const log = await openLog(connection, layout)
  try {
    bindFolder(layout.logIdentity, await log.identity())
    // One that an older version made may be open to all.
    if (process.platform !== 'win32') chmodSync(layout.root, 0o700)
  } finally {
    await log.close()
  }
}
