import { allRejected } from '../ingest/all-rejected.ts'
import { withSettings } from '../pipeline/settings.ts'
import { partsOfShard, type Shard } from '../records/part.ts'
import { findPipeline } from './find-pipeline.ts'
import { layoutOf } from './layout.ts'
import { ManagedProcess } from './managed-process.ts'
import type { Assignment, FromProcess, Role } from './messages.ts'
import { newRun } from './owner.ts'
import { pipelineCommand } from './pipeline-command.ts'
import { restartNotices } from './restart-notices.ts'
import { fullDisk } from './room.ts'
import { openRunLog } from './run-log.ts'
import { followRun, type RunProgress } from './run-progress.ts'
import { type RunSummary, summaryOf } from './run-summary.ts'
import { spokenAsOne } from './spoken-as-one.ts'
import { untilIdle } from './until-idle.ts'

export interface RunOptions {
  /** What every process of the run is given. */
  assignment: Omit<Assignment, 'role' | 'run' | 'held' | 'restarts' | 'parts'>
  /** End once the input is consumed and everything derived from it is published. */
  untilIdle: boolean
  /** Of ingest: how many processes share the parts (default 1), or the only one of them that runs here. */
  ingest?: { shards: number } | Shard
  /** The only role that runs here, beside its service; absent: all. */
  role?: 'ingest' | 'learn'
  /** Where the run is noted; default: the pipeline's. */
  runLog?: string
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
  const definition = withSettings(await findPipeline(assignment.pipeline), assignment.settings)
  const full = fullDisk(assignment.data)
  const log = openRunLog(options.runLog ?? layoutOf(assignment.data, definition.name).runLog, {
    onFull: () => restarts.logWaits(full),
    onRoom: () => restarts.logGoesOn(),
  })
  const roles = options.role === undefined ? {} : { roles: [options.role] }
  const follower = followRun({ pipeline: definition.name, ...roles, log, onProgress, onNotice, clock })
  const restarts = restartNotices(log, onNotice, full)
  const run = newRun()
  const { serve, ...others } = assignment
  const begin = (role: Role, given: Partial<Assignment>, process: string, receive: (message: FromProcess) => void) => {
    follower.began(role)
    return new ManagedProcess({
      assignment: { ...others, ...given, role, run },
      onMessage(message) {
        if (message.type === 'ready') restarts.well(process)
        if (message.type === 'waiting') restarts.waits(process, message.reason)
        receive(message)
      },
      onRestart(reason, cause) {
        follower.began(role)
        restarts.began(process, reason, cause)
      },
      onAdvance: () => restarts.advanced(process),
    })
  }

  const all: ManagedProcess[] = []
  const started = (role: Role, given: Partial<Assignment> = {}): ManagedProcess => {
    const child = begin(role, given, role, message => follower.receive(role, message))
    all.push(child)
    return child
  }
  const startedShards = (): ManagedProcess[] => {
    const shards = shardsOf(options.ingest)
    if (shards.length === 1 && shards[0]!.of === 1) return [started('ingest')]
    const say = spokenAsOne(shards.length, message => follower.receive('ingest', message))
    const begun = shards.map(({ shard, of }, k) => {
      const parts = partsOfShard({ shard, of }, definition.parts)
      return begin('ingest', { parts }, `ingest ${shard}/${of}`, message => say(k, message))
    })
    all.push(...begun)
    return begun
  }
  try {
    const processes = {
      // First: somebody waits for its page, and it loads least.
      ...(serve === undefined ? {} : { serve: started('serve', { serve }) }),
      ingest: options.role === 'learn' ? [] : startedShards(),
      ...(options.role === 'ingest' ? {} : { learn: started('learn') }),
      ...(options.import ? { import: started('import') } : {}),
    }
    const { ingest, learn } = processes
    const idle =
      options.untilIdle && learn !== undefined
        ? untilIdle({ ...processes, ingest, learn }, options.fed).then(result => ({ ...result, finishedAt: clock() }))
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

/** The processes that ingest here. */
function shardsOf(ingest: RunOptions['ingest'] = { shards: 1 }): Shard[] {
  if ('shard' in ingest) return [ingest]
  return Array.from({ length: ingest.shards }, (_, shard) => ({ shard, of: ingest.shards }))
}

const never = () => new Promise<never>(() => {})

const aborted = (signal: AbortSignal) =>
  new Promise<null>(resolve => {
    if (signal.aborted) resolve(null)
    signal.addEventListener('abort', () => resolve(null))
  })
