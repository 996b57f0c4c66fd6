import { RecstreamError } from '../../errors.ts'
import type { QueryLimits } from './query.ts'
import { openSession, type QuerySession } from './session.ts'

/** Sessions for many who ask at once. */
export interface SessionPool {
  /** Have a session for oneself while the work lasts; SERVER_BUSY where too many wait already. An abort interrupts its query. */
  use<T>(work: (session: QuerySession) => Promise<T>, signal: AbortSignal): Promise<T>
  close(): void
}

/**
 * At most `sessions` at a time, each a process of its own; at most `waiting` wait for one. A process that nobody needs ends.
 *
 *     const pool = sessionPool({ sessions: 2, waiting: 16, limits: { seconds: 30 } })
 *     const { rows } = await pool.use(session => session.ask({ snapshot, sql: 'FROM items LIMIT 3' }), signal)
 */
export function sessionPool({
  sessions,
  waiting,
  limits,
  idleMs = 60_000,
}: {
  sessions: number
  waiting: number
  limits: QueryLimits
  idleMs?: number
}): SessionPool {
  const idle = new Map<QuerySession, NodeJS.Timeout>()
  const used = new Set<QuerySession>()
  const queue: (() => void)[] = []
  let closed = false

  const take = async (signal: AbortSignal): Promise<QuerySession> => {
    if (closed || (used.size >= sessions && queue.length >= waiting)) {
      throw new RecstreamError('SERVER_BUSY', 'Too many queries are in work here; ask again in a moment.')
    }
    while (used.size >= sessions) {
      await new Promise<void>(resolve => queue.push(resolve))
      if (signal.aborted) {
        queue.shift()?.()
        throw new RecstreamError('SQL_LIMIT', 'The query was ended before its turn.')
      }
    }
    const [free] = idle.keys()
    const session = free ?? openSession(limits)
    clearTimeout(idle.get(session))
    idle.delete(session)
    used.add(session)
    return session
  }
  const giveBack = (session: QuerySession) => {
    used.delete(session)
    const end = () => {
      idle.delete(session)
      session.close()
    }
    if (closed) session.close()
    else idle.set(session, setTimeout(end, idleMs).unref())
    queue.shift()?.()
  }

  return {
    async use(work, signal) {
      const session = await take(signal)
      const interrupt = () => session.interrupt()
      signal.addEventListener('abort', interrupt)
      try {
        return await work(session)
      } finally {
        signal.removeEventListener('abort', interrupt)
        giveBack(session)
      }
    },
    close() {
      closed = true
      for (const [session, timer] of idle) {
        clearTimeout(timer)
        session.close()
      }
      for (const session of used) session.close()
    },
  }
}
