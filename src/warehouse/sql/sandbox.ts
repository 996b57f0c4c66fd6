import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { type OpenSnapshot, openSnapshot } from './open-snapshot.ts'
import { bindParameters } from './parameters.ts'
import type { QueryAnswer, QueryRequest } from './query.ts'
import { refusalOf } from './refusal.ts'
import { readRowsAsJson } from './result-rows.ts'
import { onlyStatement } from './statement.ts'
import { asksForMeanings } from './typed-columns.ts'

/** Takes a part of a result as bytes. */
export type Sink = (part: Uint8Array) => void

/** What a query brought. */
type Answered = Exclude<QueryAnswer, { error: unknown }>

/** With the limits that it was opened with. */
interface Opened extends OpenSnapshot {
  key: string
  /** Whether its views say what their columns mean. */
  meaningsShown: boolean
}

/**
 * Answers queries from snapshots; what they may not do is refused. Memory and time are the caller's to limit: run it in a
 * process of its own. A snapshot stays open until another one is asked.
 */
export class Sandbox {
  #open: Opened | null = null

  async answer(query: QueryRequest, sink: Sink): Promise<QueryAnswer> {
    try {
      const snapshot = await this.#opened(query)
      const { connection, asOf } = snapshot
      if (!snapshot.meaningsShown && asksForMeanings(query.sql)) {
        await snapshot.showMeanings()
        snapshot.meaningsShown = true
      }
      return { ...(await run(connection, query, sink)), asOf }
    } catch (error) {
      return { error: refusalOf(error, query) }
    }
  }

  /** End the query that runs; it is answered with an error. */
  interrupt(): void {
    this.#open?.connection.interrupt()
  }

  close(): void {
    this.#open?.connection.closeSync()
    this.#open?.instance.closeSync()
    this.#open = null
  }

  async #opened(query: QueryRequest): Promise<Opened> {
    const key = JSON.stringify([query.snapshot, query.memoryMb, query.threads])
    if (this.#open?.key === key) return this.#open
    this.close()
    this.#open = { ...(await openSnapshot(query)), key, meaningsShown: false }
    return this.#open
  }
}

/** Answer one query and close the snapshot. */
export async function answerQuery(query: QueryRequest, sink: Sink = () => {}): Promise<QueryAnswer> {
  const sandbox = new Sandbox()
  try {
    return await sandbox.answer(query, sink)
  } finally {
    sandbox.close()
  }
}

async function run(connection: DuckDBConnection, query: QueryRequest, sink: Sink): Promise<Omit<Answered, 'asOf'>> {
  const statement = await onlyStatement(connection, query.sql)
  await bindParameters(connection, statement, query.parameters ?? {})
  const result = await statement.stream()
  const columns = result.columnNames().map((name, k) => ({ name, type: String(result.columnType(k)) }))
  return { columns, ...(await readAs(result, query, sink)) }
}

async function readAs(
  result: DuckDBResult,
  query: QueryRequest,
  sink: Sink,
): Promise<Pick<Answered, 'rows' | 'count' | 'truncated'>> {
  if (query.as === undefined) return readRowsAsJson(result, query)
  if (query.as.format === 'arrow') {
    const { writeArrow } = await import('./arrow.ts')
    return { rows: [], ...(await writeArrow(result, query, sink)) }
  }
  const { writeParquet } = await import('./parquet.ts')
  return { rows: [], ...(await writeParquet(result, query, query.as.file)) }
}
