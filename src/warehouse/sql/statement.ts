import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api'
import { StatementType } from '../duckdb.ts'
import { allowed, firstLine, Refusal } from './refusal.ts'

/** The one statement of a text, if it only reads. DuckDB's own parser says what a text is: comments cannot fool it. */
export async function onlyStatement(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
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
