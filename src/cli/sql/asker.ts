import type { Layout } from '../../run/layout.ts'
import { snapshotOf } from '../../run/snapshot-of.ts'
import type { Copy } from '../../warehouse/sql/copy-stopped.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import type { QuerySession, Question } from '../../warehouse/sql/session.ts'
import { asOfWords } from './as-of.ts'

/** Asks one copy of a pipeline's tables, so that all answers are as of the same event. */
export interface Asker {
  ask(sql: string, more?: Pick<Question, 'as' | 'onBytes' | 'parameters'>): Promise<QueryResult>
  /** From now on, a copy of what the tables hold now. */
  refresh(): Promise<void>
  /** As of which event an answer is, in words. */
  asOf(result: QueryResult): string
  interrupt(): void
}

/** Ask about a pipeline, whether it runs or not. */
export function openAsker(layout: Layout, session: QuerySession, now: () => number = Date.now): Asker {
  let copy: Copy | null = null
  return {
    async ask(sql, more = {}) {
      copy ??= await snapshotOf(layout)
      return session.ask({ snapshot: copy.path, sql, ...more })
    },
    async refresh() {
      copy = await snapshotOf(layout)
    },
    asOf: ({ asOf }) => asOfWords(asOf, now() - (copy?.asOf ?? now())),
    interrupt: () => session.interrupt(),
  }
}
