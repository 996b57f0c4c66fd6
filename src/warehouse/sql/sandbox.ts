import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api'
import { DuckDBInstance } from '../duckdb.ts'
import { newestEvent } from './newest-event.ts'
import { bindParameters } from './parameters.ts'
import type { AsOf, QueryAnswer, QueryRequest } from './query.ts'
import { firstLine, Refusal, refusalOf } from './refusal.ts'
import { readRowsAsJson } from './result-rows.ts'
import { onlyStatement } from './statement.ts'
import { asksForMeanings, showMeanings, showTyped } from './typed-columns.ts'

/** Takes a part of a result as bytes. */
export type Sink = (part: Uint8Array) => void

/** What a query brought. */
type Answered = Exclude<QueryAnswer, { error: unknown }>

/** A snapshot that is open for reading, with the limits that it was opened with. */
interface OpenSnapshot {
  instance: DuckDBInstance
  connection: DuckDBConnection
  key: string
  asOf: AsOf | null
  /** Whether its views say what their columns mean. */
  meaningsShown: boolean
}

/**
 * Answers queries from snapshots; what they may not do is refused. Memory and time are the caller's to limit: run it in a
 * process of its own. A snapshot stays open until another one is asked.
 */
export class Sandbox {
  #open: OpenSnapshot | null = null

  async answer(query: QueryRequest, sink: Sink): Promise<QueryAnswer> {
    try {
      const snapshot = await this.#opened(query)
      const { connection, asOf } = snapshot
      if (!snapshot.meaningsShown && asksForMeanings(query.sql)) {
        await showMeanings(connection)
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

  async #opened(query: QueryRequest): Promise<OpenSnapshot> {
    const key = JSON.stringify([query.snapshot, query.memoryMb, query.threads])
    if (this.#open?.key === key) return this.#open
    this.close()
    const instance = await openReadOnly(query)
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    await showTyped(connection)
    // The snapshot is open already; from here on not even DuckDB itself can open a file.
    await connection.run("SET disabled_filesystems = 'LocalFileSystem'")
    await connection.run('SET lock_configuration = true')
    const asOf = await newestEvent(connection)
    this.#open = { instance, connection, key, asOf, meaningsShown: false }
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

/** A connection that can read the snapshot and reach nothing else, whatever the query says. */
async function openReadOnly(query: QueryRequest): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(query.snapshot, {
      access_mode: 'READ_ONLY',
      // Nothing is spilled to disk. This must stand before the next option, which forbids it.
      temp_directory: '',
      enable_external_access: 'false',
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      memory_limit: `${query.memoryMb}MB`,
      threads: `${query.threads}`,
    })
  } catch (error) {
    throw new Refusal('WAREHOUSE_FAILED', `The copy of the warehouse could not be opened: ${firstLine(error)}`)
  }
}
