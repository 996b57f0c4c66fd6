import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RecstreamError } from '../../errors.ts'
import { frameReader } from './frames.ts'
import { codeRangeMb, startLimited, watchMemory } from './limited-process.ts'
import type { QueryAnswer, QueryLimits, QueryRequest, QueryResult, Snapshot } from './query.ts'

const longestSql = 1024 * 1024
/** What an interrupted query may take to end before its process is. */
const patienceMs = 2_000

/** A query to a snapshot, and where parts of its result go that are bytes. */
export interface Question {
  snapshot: Snapshot
  sql: string
  parameters?: Record<string, string>
  as?: NonNullable<QueryRequest['as']>
  onBytes?: (part: Buffer) => void
}

/** Asks queries one after the other, in a process that lives as long as none of them breaks a limit. */
export interface QuerySession {
  ask(question: Question): Promise<QueryResult>
  /** End the query that runs: it is refused with SQL_LIMIT. */
  interrupt(): void
  close(): void
}

/**
 * Start a process for read-only queries on snapshots, which can touch nothing else and is killed at its limits; another one
 * takes its place then.
 *
 *     const session = openSession({ seconds: 10 })
 *     const { rows } = await session.ask({ snapshot: await warehouse.snapshot(), sql: 'SELECT count(*) FROM events' })
 *     session.close()
 *
 * It is there at once, so that it loads while its caller finds the snapshot. DuckDB's settings alone are no sandbox (they
 * let a query take many times its memory, and an interrupt comes late), so on Linux and macOS the operating system limits
 * the process too. Errors: SQL_INVALID, SQL_FORBIDDEN, SQL_LIMIT.
 */
export function openSession(given: QueryLimits & { files?: boolean; once?: boolean } = {}): QuerySession {
  const limits = {
    memoryMb: 512,
    processMb: 256,
    seconds: 30,
    maxRows: 10_000,
    maxBytes: 16 * 1024 * 1024,
    threads: 2,
    files: false,
    once: false,
    ...given,
  }
  let running: RunningChild | null = new RunningChild(limits)
  return {
    async ask(question) {
      if (question.sql.length > longestSql) {
        throw new RecstreamError('SQL_LIMIT', 'The query is longer than 1 MiB; shorten it.')
      }
      const started = performance.now()
      if (running === null || running.ended) running = new RunningChild(limits)
      const answer = await running.ask(question)
      if ('error' in answer) throw new RecstreamError(answer.error.code, answer.error.message)
      return { ...answer, elapsedMs: performance.now() - started }
    },
    interrupt: () => running?.interrupt(),
    close() {
      running?.end()
      running = null
    },
  }
}

type AllLimits = Required<QueryLimits> & {
  /** It may write files: that of a Parquet answer. */
  files: boolean
  /** For one query: the system ends it when its time is up, too, should its parent not. */
  once: boolean
}

interface Waiting {
  answered: (answer: QueryAnswer) => void
  refused: (error: RecstreamError) => void
  onBytes: (part: Buffer) => void
  size: number
}

/** One process; done with when it has ended. */
class RunningChild {
  readonly #child: ChildProcess
  readonly #limits: AllLimits
  readonly #unwatch: () => void
  #waiting: Waiting | null = null
  #killedFor: RecstreamError | null = null
  #complaint = ''
  ended = false

  constructor(limits: AllLimits) {
    this.#limits = limits
    const resident = limits.memoryMb + limits.processMb
    this.#child = startLimited([process.execPath, '--max-old-space-size=192', childPath()], {
      memoryMb: resident + codeRangeMb(),
      files: limits.files,
      cpuSeconds: limits.once ? Math.ceil(limits.seconds * limits.threads) + 1 : null,
    })
    this.#unwatch = watchMemory(this.#child, resident, () => this.#kill(this.#tooLarge))
    this.#listen()
  }

  ask({ onBytes = () => {}, ...question }: Question): Promise<QueryAnswer> {
    const { memoryMb, maxRows, maxBytes, threads, seconds } = this.#limits
    const request: QueryRequest = { ...question, memoryMb, maxRows, maxBytes, threads }
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => this.#kill(`The query took longer than ${seconds} s; ask for less or raise the limit.`),
        seconds * 1000,
      )
      const done = () => {
        clearTimeout(deadline)
        this.#waiting = null
      }
      this.#waiting = {
        answered: answer => {
          done()
          resolve(answer)
        },
        refused: error => {
          done()
          reject(error)
        },
        onBytes,
        size: 0,
      }
      if (this.ended) return this.#refuse(null, null)
      this.#child.stdin!.write(`${JSON.stringify(request)}\n`)
    })
  }

  interrupt(): void {
    const waiting = this.#waiting
    if (waiting === null) return
    this.#child.stdin!.write('interrupt\n')
    setTimeout(() => {
      if (this.#waiting === waiting) this.#kill('The query was ended before its answer.')
    }, patienceMs).unref()
  }

  end(): void {
    this.ended = true
    this.#unwatch()
    this.#child.kill('SIGKILL')
  }

  get #tooLarge(): string {
    return `The query needs more than its ${this.#limits.memoryMb} MiB; ask for less or raise the limit.`
  }

  #kill(message: string): void {
    this.ended = true
    this.#killedFor ??= new RecstreamError('SQL_LIMIT', message)
    this.#child.kill('SIGKILL')
  }

  #listen(): void {
    const read = frameReader((kind, payload) => {
      if (kind === 'b') this.#waiting?.onBytes(payload)
      else this.#waiting?.answered(JSON.parse(payload.toString('utf8')) as QueryAnswer)
    })
    this.#child.stdio[3]!.on('data', (part: Buffer) => {
      const waiting = this.#waiting
      if (waiting === null) return
      waiting.size += part.length
      // A good child stays within; twice is for the column names and a last word.
      if (waiting.size > 2 * this.#limits.maxBytes + 1024 * 1024) this.#kill('The result is too large; ask for less.')
      else read(part)
    })
    this.#child.stderr!.on('data', (part: Buffer) => {
      if (this.#complaint.length < 4096) this.#complaint += part.toString('utf8')
    })
    this.#child.on('error', cause => {
      const message = `The query could not be started: ${cause.message}`
      this.#killedFor ??= new RecstreamError('WAREHOUSE_FAILED', message, { cause })
      this.#refuse(null, null)
    })
    this.#child.on('close', (code, signal) => this.#refuse(code, signal))
    this.#child.stdin!.on('error', () => {}) // it died before it read; `close` says how
  }

  /** The process is gone: whoever waits is told why. */
  #refuse(code: number | null, signal: NodeJS.Signals | null): void {
    this.ended = true
    this.#unwatch()
    this.#waiting?.refused(this.#killedFor ?? this.#deathOf(code, signal))
  }

  #deathOf(code: number | null, signal: NodeJS.Signals | null): RecstreamError {
    if (/out of memory|bad_alloc|allocation failed/i.test(this.#complaint)) {
      return new RecstreamError('SQL_LIMIT', this.#tooLarge)
    }
    const how = signal ?? `status ${code}`
    return new RecstreamError(
      'SQL_LIMIT',
      `The query ended its process (${how}): it is too large or nested too deeply.`,
    )
  }
}

function childPath(): string {
  const built = fileURLToPath(new URL('./query-child.js', import.meta.url))
  if (existsSync(built)) return built
  // Run from the sources: the child is among what was built from them.
  const fromSources = fileURLToPath(new URL('../../../dist/src/warehouse/sql/query-child.js', import.meta.url))
  if (existsSync(fromSources)) return fromSources
  throw new RecstreamError('TOOL_MISSING', 'The program is not built; run `npm run build` first.')
}
