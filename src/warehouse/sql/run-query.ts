import type { QueryLimits, QueryResult } from './query.ts'
import { openSession, type Question } from './session.ts'

/**
 * Run one read-only query on a snapshot, in a process of its own that cannot touch anything else and is killed at its
 * limits.
 *
 *     const { rows } = await runQuery({ snapshot: await warehouse.snapshot(), sql: 'SELECT count(*) FROM events' })
 *
 * Errors: SQL_INVALID, SQL_FORBIDDEN, SQL_LIMIT. Who asks more than one keeps a session (`openSession`).
 */
export async function runQuery({ limits, ...question }: Question & { limits?: QueryLimits }): Promise<QueryResult> {
  const session = openSession({ ...limits, once: true })
  try {
    return await session.ask(question)
  } finally {
    session.close()
  }
}
