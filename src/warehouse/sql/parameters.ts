import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { BIGINT, BOOLEAN, DOUBLE, DuckDBTypeId, VARCHAR } from '../duckdb.ts'
import { Refusal } from './refusal.ts'

/**
 * Bind the values of `$name` in a statement, given as text. Where DuckDB knows the type that the query wants, the text is
 * cast to it, so that 5417 is a text as a user's id and a number as a sequence; else it is taken as what it looks like.
 */
export async function bindParameters(
  connection: DuckDBConnection,
  statement: DuckDBPreparedStatement,
  given: Readonly<Record<string, string>>,
): Promise<void> {
  for (let index = 1; index <= statement.parameterCount; index++) {
    const name = statement.parameterName(index)
    if (!Object.hasOwn(given, name)) {
      throw new Refusal('SQL_INVALID', `The query needs a value for $${name}; give --param ${name}=….`)
    }
    const text = given[name]!
    const wanted = wantedType(statement, index)
    const [value, type] = wanted === null ? guessed(text) : [await cast(connection, name, text, wanted), wanted]
    statement.bindValue(index, value, type)
  }
}

function wantedType(statement: DuckDBPreparedStatement, index: number): DuckDBType | null {
  const id = statement.parameterTypeId(index)
  return id === DuckDBTypeId.INVALID || id === DuckDBTypeId.ANY || id === DuckDBTypeId.SQLNULL
    ? null
    : statement.parameterType(index)
}

async function cast(connection: DuckDBConnection, name: string, text: string, type: DuckDBType): Promise<DuckDBValue> {
  if (type.typeId === DuckDBTypeId.VARCHAR) return text
  const result = await connection.runAndReadAll(`SELECT CAST($1 AS ${type})`, [text], [VARCHAR]).catch(() => {
    throw new Refusal('SQL_INVALID', `The value of $${name} must be ${type}, and is "${text}".`)
  })
  return result.getRows()[0]![0]!
}

function guessed(text: string): [DuckDBValue, DuckDBType] {
  if (/^[+-]?\d{1,18}$/.test(text)) return [BigInt(text), BIGINT]
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return [Number(text), DOUBLE]
  if (/^(true|false)$/i.test(text)) return [text.toLowerCase() === 'true', BOOLEAN]
  return [text, VARCHAR]
}
