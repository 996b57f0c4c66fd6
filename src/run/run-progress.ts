import type { Logger } from 'pino'
import { topicsOf } from '../records/topics.ts'
import type { FromProcess, Role } from './messages.ts'

/** The last report of each process. */
export interface RunProgress {
  imported?: Extract<FromProcess, { type: 'imported' }>
  ingested?: Extract<FromProcess, { type: 'ingested' }>
  learned?: Extract<FromProcess, { type: 'learned' }>
}

/** Follows a run by what its processes report. */
export interface RunFollower {
  /** A process begins, or begins again. */
  began(role: Role): void
  receive(role: Role, message: FromProcess): void
  /** Over all processes of the run, those that were started again included. */
  readonly eventsRead: number
  /** Newest row before this run. */
  readonly rowsBefore: number
  /** When the first event was read and the first list was made, ms since the command began; null before. */
  readonly firstEvent: number | null
  readonly firstRecommendation: number | null
}

/** Progress goes into the log this often, ms. */
const noteEveryMs = 10_000

/**
 * Follow the processes of a run: what they report goes into the run's log and to `onProgress`, what people should know to
 * `onNotice`.
 */
export function followRun(options: {
  pipeline: string
  /** Those that it is ready with. */
  roles?: readonly Role[]
  log: Logger
  onProgress: (progress: RunProgress) => void
  onNotice: (message: string) => void
  /** Milliseconds since the command began. */
  clock: () => number
}): RunFollower {
  const { pipeline, roles = ['ingest', 'learn'], log, onProgress, onNotice, clock } = options
  const progress: RunProgress = {}
  const began: Partial<Record<Role, number>> = {}
  const notReady = new Set<Role>(roles)
  let readBefore = 0
  let url = ''
  let rowsBefore: number | null = null
  let firstEvent: number | null = null
  let firstRecommendation: number | null = null
  let notedAt = Number.NEGATIVE_INFINITY

  const announce = (role: Role, message: FromProcess) => {
    if (message.type === 'ready') {
      if (notReady.delete(role) && notReady.size === 0) {
        const { behaviourEvents, recommendations } = topicsOf(pipeline)
        onNotice(`Ready: events are read from ${behaviourEvents}, lists go to ${recommendations}.`)
      }
      log.info({ role, detail: message.detail }, 'process ready')
    }
    if (message.type === 'listening' && message.url !== url) {
      url = message.url
      onNotice(
        `The page is at ${url}/. Lists at ${url}/v1/users/{id}/recommendations; all that can be asked stands at ${url}/openapi.json.`,
      )
    }
    if (message.type === 'notice') {
      log.warn({ role }, message.message)
      onNotice(message.message)
    }
    if (message.type === 'failed') log.error({ role, code: message.code, stack: message.stack }, message.message)
  }

  const keep = (role: Role, message: FromProcess) => {
    if (message.type === 'imported') progress.imported = message
    if (message.type === 'ingested') {
      // A process that was started again counts from zero.
      if (message.eventsRead < (progress.ingested?.eventsRead ?? 0)) readBefore += progress.ingested!.eventsRead
      progress.ingested = message
      rowsBefore ??= message.sequence
      if (message.eventsRead > 0) firstEvent ??= clock()
    }
    if (message.type === 'learned' || (message.type === 'drained' && message.role === 'learn')) {
      if (message.firstRecommendationMs !== null) firstRecommendation ??= began[role]! + message.firstRecommendationMs
      progress.learned = { ...message, type: 'learned' }
    }
  }

  return {
    began(role) {
      began[role] = clock()
    },
    receive(role, message) {
      announce(role, message)
      keep(role, message)
      if (clock() - notedAt > noteEveryMs) {
        notedAt = clock()
        log.info(progress, 'progress')
      }
      onProgress(progress)
    },
    get eventsRead() {
      return readBefore + (progress.ingested?.eventsRead ?? 0)
    },
    get rowsBefore() {
      return rowsBefore ?? 0
    },
    get firstEvent() {
      return firstEvent
    },
    get firstRecommendation() {
      return firstRecommendation
    },
  }
}
