import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RecstreamError } from '../../errors.ts'
import { codeRangeMb, startLimited, watchMemory } from './limited-process.ts'
import type { QueryAnswer, QueryLimits, QueryRequest, QueryResult } from './query.ts'

const longestSql = 1024 * 1024

/**
 * Run one read-only query on a snapshot, in a process of its own that cannot touch anything else and is killed at its
 * limits.
 *
 *     const { rows } = await runQuery({ snapshot: await warehouse.snapshot(), sql: 'SELECT count(*) FROM events' })
 *
 * DuckDB's settings alone are no sandbox (they let a query take many times its memory, and an interrupt comes late), so
 * on Linux and macOS the operating system limits the process too. Errors: SQL_INVALID, SQL_FORBIDDEN, SQL_LIMIT.
 */
export async function runQuery(options: { snapshot: string; sql: string; limits?: QueryLimits }): Promise<QueryResult> {
  const {
    memoryMb = 512,
    processMb = 256,
    seconds = 30,
    maxRows = 10_000,
    maxBytes = 16 * 1024 * 1024,
    threads = 2,
  } = options.limits ?? {}
  const { snapshot, sql } = options
  if (sql.length > longestSql) throw new RecstreamError('SQL_LIMIT', 'The query is longer than 1 MiB; shorten it.')
  const started = performance.now()
  const request: QueryRequest = { snapshot, sql, memoryMb, maxRows, maxBytes, threads }
  const resident = memoryMb + processMb
  const limits = { memoryMb: resident + codeRangeMb(), cpuSeconds: Math.ceil(seconds * threads) + 1 }
  const child = startLimited([process.execPath, '--max-old-space-size=192', childPath()], limits)
  const answer = await answerOf(child, request, { seconds, memoryMb: resident })
  if ('error' in answer) throw new RecstreamError(answer.error.code, answer.error.message)
  return { ...answer, elapsedMs: performance.now() - started }
}

function answerOf(
  child: ChildProcess,
  request: QueryRequest,
  { seconds, memoryMb }: { seconds: number; memoryMb: number },
): Promise<QueryAnswer> {
  return new Promise((resolve, reject) => {
    let killedFor: RecstreamError | null = null
    const kill = (message: string) => {
      killedFor ??= new RecstreamError('SQL_LIMIT', message)
      child.kill('SIGKILL')
    }
    const tooLarge = `The query needs more than its ${request.memoryMb} MiB; ask for less or raise the limit.`
    const deadline = setTimeout(
      () => kill(`The query took longer than ${seconds} s; ask for less or raise the limit.`),
      seconds * 1000,
    )
    const unwatch = watchMemory(child, memoryMb, () => kill(tooLarge))
    const parts: Buffer[] = []
    let size = 0
    child.stdio[3]!.on('data', (part: Buffer) => {
      parts.push(part)
      size += part.length
      // A good child stays within; twice is for the column names and a last word.
      if (size > 2 * request.maxBytes + 1024 * 1024) kill('The result is too large; ask for less.')
    })
    let complaint = ''
    child.stderr!.on('data', (part: Buffer) => {
      if (complaint.length < 4096) complaint += part.toString('utf8')
    })
    child.on('error', cause =>
      reject(new RecstreamError('WAREHOUSE_FAILED', `The query could not be started: ${cause.message}`, { cause })),
    )
    child.on('close', (code, signal) => {
      clearTimeout(deadline)
      unwatch()
      if (killedFor !== null) return reject(killedFor)
      if (size > 0 && code === 0) return resolve(JSON.parse(Buffer.concat(parts).toString('utf8')) as QueryAnswer)
      if (/out of memory|bad_alloc|allocation failed/i.test(complaint))
        return reject(new RecstreamError('SQL_LIMIT', tooLarge))
      const how = signal ?? `status ${code}`
      reject(
        new RecstreamError('SQL_LIMIT', `The query ended its process (${how}): it is too large or nested too deeply.`),
      )
    })
    child.stdin!.on('error', () => {}) // it died before it read; `close` says how
    child.stdin!.end(JSON.stringify(request))
  })
}

function childPath(): string {
  const built = fileURLToPath(new URL('./query-child.js', import.meta.url))
  if (existsSync(built)) return built
  // Run from the sources: the child is among what was built from them.
  const fromSources = fileURLToPath(new URL('../../../dist/src/warehouse/sql/query-child.js', import.meta.url))
  if (existsSync(fromSources)) return fromSources
  throw new RecstreamError('TOOL_MISSING', 'The program is not built; run `npm run build` first.')
}
