import { RecstreamError } from '../errors.ts'
import type { Operations, SqlAnswer } from '../serve/operations.ts'
import type { AsOf } from '../warehouse/sql/query.ts'
import { sessionPool } from '../warehouse/sql/session-pool.ts'
import { allStatements } from '../warehouse/sql/split-statements.ts'
import type { Layout } from './layout.ts'
import { snapshotOf, type TablesCopy } from './snapshot-of.ts'

/** Questions within this time share a copy of the tables, ms. */
const freshMs = 1_000
const mostStatements = 20
/** As of `recstream sql`. */
const limits = { memoryMb: 512, seconds: 30, maxRows: 10_000, maxBytes: 16 * 1024 * 1024 }

/** Answers SQL of many who ask at once, each request as of one event. */
export interface Tables {
  ask: Operations['sql']
  close(): void
}

/** The tables of a pipeline, whether it runs or not. */
export function openTables(layout: Layout, now: () => number = Date.now): Tables {
  const pool = sessionPool({ sessions: 2, waiting: 32, limits })
  let copying: Promise<TablesCopy> | null = null
  let askedAt = Number.NEGATIVE_INFINITY

  const copy = (): Promise<TablesCopy> => {
    if (copying === null || now() - askedAt > freshMs) {
      askedAt = now()
      const mine = snapshotOf(layout)
      copying = mine
      mine.catch(() => {
        if (copying === mine) copying = null
      })
    }
    return copying
  }
  return {
    ask({ query, params, arrow }, signal) {
      const statements = allStatements(query)
      if (statements.length === 0) throw new RecstreamError('SQL_INVALID', 'There is no statement in this query.')
      if (statements.length > (arrow ? 1 : mostStatements)) {
        const most = arrow ? 'one, whose rows the answer holds' : `${mostStatements} at most`
        throw new RecstreamError('SQL_INVALID', `These are ${statements.length} statements; give ${most}.`)
      }
      return pool.use(async session => {
        const { snapshot, asOf: copiedAt } = await copy()
        const answers: SqlAnswer[] = []
        const parts: Buffer[] = []
        let asOf: AsOf | null = null
        for (const sql of statements) {
          if (signal.aborted) throw new RecstreamError('SQL_LIMIT', 'The query was ended before its answer.')
          const more = arrow
            ? { as: { format: 'arrow' as const }, onBytes: (part: Buffer) => parts.push(Buffer.from(part)) }
            : {}
          const answer = await session.ask({ snapshot, sql, parameters: { ...params }, ...more })
          const { columns, rows, count, truncated } = answer
          asOf = answer.asOf
          answers.push({ columns, rows, count, truncated })
        }
        const bytes = arrow ? Buffer.concat(parts) : null
        return { answers, bytes, asOf, ageMs: Math.max(0, Math.round(now() - copiedAt)) }
      }, signal)
    },
    close: () => pool.close(),
  }
}
