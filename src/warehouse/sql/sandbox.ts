import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api'
import { jsonValue } from './json-value.ts'
import type { QueryAnswer, QueryRequest } from './query.ts'

const allowed = 'only SELECT, WITH, FROM, VALUES, TABLE, DESCRIBE, SHOW, SUMMARIZE, PIVOT … IN and EXPLAIN are allowed'

class Refusal extends Error {
  readonly code: 'SQL_INVALID' | 'SQL_FORBIDDEN' | 'SQL_LIMIT' | 'WAREHOUSE_FAILED'

  constructor(code: Refusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Answer a query from a snapshot; what it may not do is refused. Memory and time are the caller's to limit: run it in a
 * process of its own.
 */
export async function answerQuery(query: QueryRequest): Promise<QueryAnswer> {
  try {
    const instance = await openSandbox(query)
    const connection = await instance.connect()
    try {
      return await run(connection, query)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } catch (error) {
    return { error: refusalOf(error, query) }
  }
}

async function run(connection: DuckDBConnection, query: QueryRequest): Promise<QueryAnswer> {
  const statement = await onlyStatement(connection, query.sql)
  const result = await statement.stream()
  const columns = result.columnNames().map((name, k) => ({ name, type: String(result.columnType(k)) }))
  const rows: unknown[][] = []
  let size = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return { columns, rows, truncated: false }
    for (const values of chunk.getRows()) {
      const row = values.map(jsonValue)
      size += Buffer.byteLength(JSON.stringify(row)) + 1
      if (rows.length >= query.maxRows || size > query.maxBytes) return { columns, rows, truncated: true }
      rows.push(row)
    }
  }
}

/** A connection that can read the snapshot and reach nothing else, whatever the query says. */
async function openSandbox(query: QueryRequest): Promise<DuckDBInstance> {
  const instance = await openReadOnly(query)
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  // The snapshot is open already; from here on not even DuckDB itself can open a file.
  await connection.run("SET disabled_filesystems = 'LocalFileSystem'")
  await connection.run('SET lock_configuration = true')
  connection.closeSync()
  return instance
}

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

/** DuckDB's own parser says what a text is: comments, quotes and semicolons cannot fool it. */
async function onlyStatement(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statement = await prepareOne(connection, sql)
  if (statement.statementType === StatementType.SELECT) return statement
  if (statement.statementType !== StatementType.EXPLAIN) {
    throw new Refusal('SQL_FORBIDDEN', `This is no query but ${StatementType[statement.statementType]}; ${allowed}.`)
  }
  const explained = /^\s*explain(?:\s+analyze)?\s+((?!analyze\b)[^(\s].*)$/is.exec(sql)?.[1]
  const inner = explained === undefined ? null : await prepareOne(connection, explained)
  if (inner?.statementType === StatementType.SELECT) return statement
  throw new Refusal('SQL_FORBIDDEN', 'Only a SELECT can be explained, as EXPLAIN SELECT … or EXPLAIN ANALYZE SELECT ….')
}

async function prepareOne(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql).catch((error: unknown) => {
    // An empty text makes the binding fail without a word.
    if (/native callback/.test(firstLine(error)))
      throw new Refusal('SQL_INVALID', `There is no query in this; ${allowed}.`)
    throw error
  })
  if (statements.count !== 1) {
    const pivot = /\bpivot\b/i.test(sql) ? ' A PIVOT needs its values: ON column IN (…).' : ''
    throw new Refusal('SQL_FORBIDDEN', `These are ${statements.count} statements; give one.${pivot}`)
  }
  return statements.prepare(0)
}

function refusalOf(error: unknown, { sql, memoryMb }: QueryRequest): { code: Refusal['code']; message: string } {
  if (error instanceof Refusal) return { code: error.code, message: error.message }
  const message = saidOf(error).replace(/^Failed to extract statements: /, '')
  // What the hint names are the tables' own words: the kind of the error stands before it.
  const [kind] = message.split('\n', 1) as [string]
  if (/out of memory|bad_alloc|allocat/i.test(kind)) {
    return {
      code: 'SQL_LIMIT',
      message: `The query needs more than its ${memoryMb} MiB; ask for less or raise the limit.`,
    }
  }
  if (/^Permission Error|read-only mode/i.test(kind)) {
    return { code: 'SQL_FORBIDDEN', message: `A query can reach nothing but the tables: ${kind}` }
  }
  // Some statements that are not allowed fail before their kind is known.
  const start = sql.replace(/^(?:\s|--.*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, '')
  if (
    !/^Parser Error/.test(kind) &&
    !/^(select|with|from|values|table|desc|show|summarize|pivot|unpivot|explain)/i.test(start)
  ) {
    return { code: 'SQL_FORBIDDEN', message: `This is no query; ${allowed}.` }
  }
  return { code: 'SQL_INVALID', message: message.replace(/\s*\n\s*/g, ' ') }
}

function firstLine(error: unknown): string {
  return saidOf(error).split('\n', 1)[0]!
}

/** What DuckDB says and its hint ("Did you mean …"), without the excerpt of the query that follows them. */
function saidOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n\n', 1)[0]!.trim()
}
