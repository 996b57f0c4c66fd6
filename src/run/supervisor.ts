import { RecstreamError } from '../errors.ts'
import { allRejected } from '../ingest/all-rejected.ts'
import { topicsOf } from '../records/topics.ts'
import { deadLettersCommand } from './dead-letters-command.ts'
import { findPipeline } from './find-pipeline.ts'
import { layoutOf } from './layout.ts'
import { ManagedProcess } from './managed-process.ts'
import type { Assignment, FromProcess, Role } from './messages.ts'
import { openRunLog } from './run-log.ts'
import type { RunSummary } from './run-summary.ts'
import { summaryOf } from './run-summary.ts'

export interface StartOptions extends Omit<Assignment, 'role'> {
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

/** What the processes said last. */
export interface RunProgress {
  imported?: Extract<FromProcess, { type: 'imported' }>
  ingested?: Extract<FromProcess, { type: 'ingested' }>
  learned?: Extract<FromProcess, { type: 'learned' }>
}

/** How long a process may take to finish the batch at hand, ms. */
const grace = 15_000
/** Progress goes into the log this often, ms. */
const noteEveryMs = 10_000

/**
 * Run a pipeline: import (where there is a source), ingest and learn as processes of their own, so that training never
 * holds up ingest. Returns a summary when idle was asked for, or null when the run was stopped.
 */
export async function runPipeline(options: StartOptions): Promise<RunSummary | null> {
  const definition = await findPipeline(options.pipeline)
  const log = openRunLog(layoutOf(options.data, definition.name).runLog)
  const progress: RunProgress = {}
  const times = { firstRecommendation: null as number | null, firstEvent: null as number | null }
  const started: Partial<Record<Role, number>> = {}
  let readBefore = 0
  /** Newest row before this run. */
  let rowsBefore: number | undefined
  const begin = (role: Role) => {
    const {
      untilIdle: _,
      import: __,
      fed: ___,
      stop: ____,
      onProgress: _____,
      onNotice,
      clock,
      ...assignment
    } = options
    started[role] = clock()
    return new ManagedProcess({
      assignment: { ...assignment, role },
      onMessage: message => hear(role, message),
      onRestart: reason => {
        started[role] = clock()
        log.warn({ role, reason }, 'process started again')
        onNotice(`The ${role} process is started again: ${reason}`)
      },
    })
  }
  let notedAt = Number.NEGATIVE_INFINITY
  const notReady = new Set<Role>(['ingest', 'learn'])
  const hear = (role: Role, message: FromProcess) => {
    if (message.type === 'ready' && notReady.delete(role) && notReady.size === 0) {
      const { behaviourEvents, recommendations } = topicsOf(definition.name)
      options.onNotice(`Ready: events are read from ${behaviourEvents}, lists go to ${recommendations}.`)
    }
    if (message.type === 'notice') {
      log.warn({ role }, message.message)
      options.onNotice(message.message)
    }
    if (message.type === 'ready') log.info({ role, detail: message.detail }, 'process ready')
    if (message.type === 'failed') log.error({ role, code: message.code, stack: message.stack }, message.message)
    if (message.type === 'imported') progress.imported = message
    if (message.type === 'ingested') {
      // A process that was started again counts from zero.
      if (message.eventsRead < (progress.ingested?.eventsRead ?? 0)) readBefore += progress.ingested!.eventsRead
      progress.ingested = message
      rowsBefore ??= message.sequence
      if (message.eventsRead > 0) times.firstEvent ??= options.clock()
    }
    if (message.type === 'learned' || (message.type === 'drained' && message.role === 'learn')) {
      if (message.firstRecommendationMs !== null) {
        times.firstRecommendation ??= started[role]! + message.firstRecommendationMs
      }
      progress.learned = { ...message, type: 'learned' }
    }
    if (options.clock() - notedAt > noteEveryMs) {
      notedAt = options.clock()
      log.info(progress, 'progress')
    }
    options.onProgress(progress)
  }

  const processes: Partial<Record<Role, ManagedProcess>> = {}
  const all = () => Object.values(processes)
  try {
    const ingest = (processes.ingest = begin('ingest'))
    const learn = (processes.learn = begin('learn'))
    if (options.import) processes.import = begin('import')
    const failed = Promise.all(all().map(({ ended }) => ended)).then(() => new Promise<never>(() => {}))
    const stopped = new Promise<null>(resolve => {
      if (options.stop.aborted) resolve(null)
      options.stop.addEventListener('abort', () => resolve(null))
    })
    const idle = async () => {
      if (!options.untilIdle) return new Promise<never>(() => {})
      await processes.import?.ended
      await options.fed
      const ingested = await ingest.ask({ type: 'drain' }, 'drained')
      const learned = await learn.ask({ type: 'drain' }, 'drained')
      if (learned.role !== 'learn' || ingested.role !== 'ingest')
        throw new RecstreamError('PROCESS_FAILED', 'A process gave a wrong answer.')
      const totals = await ingest.ask({ type: 'land' }, 'landed')
      const { sequence, rejected } = ingested
      const advice = `${deadLettersCommand(definition.name, options)} shows why`
      const error = allRejected({ kept: sequence - (rowsBefore ?? 0), rejected }, advice)
      return { learned, totals, error, finishedAt: options.clock() }
    }
    const result = await Promise.race([idle(), stopped, failed])
    await Promise.all(all().map(child => child.stop(grace)))
    if (result === null) return null
    const summary = summaryOf({
      definition,
      log: options.connection.brokers === undefined ? 'embedded' : 'kafka',
      learned: result.learned,
      totals: result.totals,
      error: result.error,
      firstRecommendationMs: times.firstRecommendation,
      eventsRead: readBefore + (progress.ingested?.eventsRead ?? 0),
      elapsedMs: result.finishedAt - (times.firstEvent ?? 0),
      peakRssMb: all().reduce((sum, child) => sum + child.peakRssMb, process.resourceUsage().maxRSS / 1024),
    })
    log.info(summary, 'finished')
    return summary
  } finally {
    for (const child of all()) child.kill()
  }
}
