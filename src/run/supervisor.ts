import { allRejected } from '../ingest/all-rejected.ts'
import { findPipeline } from './find-pipeline.ts'
import { layoutOf } from './layout.ts'
import { ManagedProcess } from './managed-process.ts'
import type { Assignment, Role } from './messages.ts'
import { newRun } from './owner.ts'
import { pipelineCommand } from './pipeline-command.ts'
import { restartNotices } from './restart-notices.ts'
import { fullDisk } from './room.ts'
import { openRunLog } from './run-log.ts'
import { followRun, type RunProgress } from './run-progress.ts'
import { type RunSummary, summaryOf } from './run-summary.ts'
import { untilIdle } from './until-idle.ts'

export interface RunOptions {
  /** What every process of the run is given. */
  assignment: Omit<Assignment, 'role' | 'run' | 'held' | 'restarts'>
  /** End once the input is consumed and everything derived from it is published. */
  untilIdle: boolean
  /** Import the pipeline's source; without it the events come from other services. */
  import: boolean
  /** Where this command feeds the pipeline itself: idle is asked for after it. */
  fed?: Promise<unknown>
  /** Ends the run in good order. */
  stop: AbortSignal
  onProgress: (progress: RunProgress) => void
  onNotice: (message: string) => void
  /** Milliseconds since the command began. */
  clock: () => number
}

/** How long a process may take to finish the batch at hand, ms. */
const grace = 15_000

/**
 * Run a pipeline: import (where there is a source), ingest and learn as processes of their own, so that training never
 * holds up ingest. Returns a summary when idle was asked for, or null when the run was stopped.
 */
export async function runPipeline(options: RunOptions): Promise<RunSummary | null> {
  const { assignment, onProgress, onNotice, clock } = options
  const definition = await findPipeline(assignment.pipeline)
  const full = fullDisk(assignment.data)
  const log = openRunLog(layoutOf(assignment.data, definition.name).runLog, {
    onFull: () => restarts.logWaits(full),
    onRoom: () => restarts.logGoesOn(),
  })
  const follower = followRun({ pipeline: definition.name, log, onProgress, onNotice, clock })
  const restarts = restartNotices(log, onNotice, full)
  const run = newRun()
  const { serve, ...others } = assignment
  const begin = (role: Role) => {
    follower.began(role)
    return new ManagedProcess({
      assignment: { ...others, ...(role === 'serve' && serve !== undefined ? { serve } : {}), role, run },
      onMessage(message) {
        if (message.type === 'ready') restarts.well(role)
        if (message.type === 'waiting') restarts.waits(role, message.reason)
        follower.receive(role, message)
      },
      onRestart(reason, cause) {
        follower.began(role)
        restarts.began(role, reason, cause)
      },
      onAdvance: () => restarts.advanced(role),
    })
  }

  const all: ManagedProcess[] = []
  const started = (role: Role): ManagedProcess => {
    const child = begin(role)
    all.push(child)
    return child
  }
  try {
    const processes = {
      // First: somebody waits for its page, and it loads least.
      ...(serve === undefined ? {} : { serve: started('serve') }),
      ingest: started('ingest'),
      learn: started('learn'),
      ...(options.import ? { import: started('import') } : {}),
    }
    const idle = options.untilIdle
      ? untilIdle(processes, options.fed).then(result => ({ ...result, finishedAt: clock() }))
      : never()
    // An import that has ended is no end of the run; one that failed is.
    const failed = Promise.all(all.map(({ ended }) => ended)).then(never)
    const result = await Promise.race([idle, aborted(options.stop), failed])
    // Requests that are in flight need the others.
    await processes.serve?.stop(grace)
    await Promise.all(all.map(child => child.stop(grace)))
    if (result === null) return null
    const { sequence, passedOver, rejected } = result.ingested
    const advice = `${pipelineCommand('dead-letters', definition.name, assignment)} shows why`
    const summary = summaryOf({
      definition,
      log: assignment.connection.brokers === undefined ? 'embedded' : 'kafka',
      learned: result.learned,
      totals: result.totals,
      passedOver,
      error: allRejected({ kept: sequence - follower.rowsBefore, rejected }, advice),
      firstRecommendationMs: follower.firstRecommendation,
      eventsRead: follower.eventsRead,
      elapsedMs: result.finishedAt - (follower.firstEvent ?? 0),
      peakRssMb: all.reduce((sum, child) => sum + child.peakRssMb, process.resourceUsage().maxRSS / 1024),
    })
    log.info(summary, 'finished')
    return summary
  } finally {
    for (const child of all) child.kill()
  }
}

const never = () => new Promise<never>(() => {})

const aborted = (signal: AbortSignal) =>
  new Promise<null>(resolve => {
    if (signal.aborted) resolve(null)
    signal.addEventListener('abort', () => resolve(null))
  })
