import type { QueryRequest } from './query.ts'

/** What a query may be. */
export const allowed =
  'only SELECT, WITH, FROM, VALUES, TABLE, DESCRIBE, SHOW, SUMMARIZE, PIVOT … IN and EXPLAIN are allowed'

export type RefusalCode = 'SQL_INVALID' | 'SQL_FORBIDDEN' | 'SQL_LIMIT' | 'WAREHOUSE_FAILED'

/** Why a query is not answered. */
export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}

/** What an error means for whoever asked. */
export function refusalOf(error: unknown, { sql, memoryMb }: QueryRequest): { code: RefusalCode; message: string } {
  if (error instanceof Refusal) return { code: error.code, message: error.message }
  const message = saidOf(error).replace(/^Failed to extract statements: /, '')
  // What the hint names are the tables' own words: the kind of the error stands before it.
  const [kind] = message.split('\n', 1) as [string]
  if (/^INTERRUPT Error/.test(kind)) return { code: 'SQL_LIMIT', message: 'The query was ended before its answer.' }
  if (/out of memory|bad_alloc|allocat/i.test(kind)) {
    return {
      code: 'SQL_LIMIT',
      message: `The query needs more than its ${memoryMb} MiB; ask for less or raise the limit.`,
    }
  }
  if (/^Permission Error|read-only mode/i.test(kind)) {
    return { code: 'SQL_FORBIDDEN', message: `A query can reach nothing but the tables: ${kind}` }
  }
  if (/^Binder Error: Can only (delete|update|insert)/i.test(kind)) {
    return { code: 'SQL_FORBIDDEN', message: `A query can change nothing; ${allowed}.` }
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

export function firstLine(error: unknown): string {
  return saidOf(error).split('\n', 1)[0]!
}

/** What DuckDB says and its hint ("Did you mean …"), without the excerpt of the query that follows them. */
function saidOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n\n', 1)[0]!.trim()
}
