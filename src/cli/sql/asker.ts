import type { TablesCopy } from '../../run/snapshot-of.ts'
import type { QueryResult } from '../../warehouse/sql/query.ts'
import type { QuerySession, Question } from '../../warehouse/sql/session.ts'
import { say } from '../print/write-lines.ts'
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

/** Ask copies of a pipeline's tables, which `take` finds or makes. */
export function openAsker(take: () => Promise<TablesCopy>, session: QuerySession, now: () => number = Date.now): Asker {
  let copy: TablesCopy | null = null
  const copied = async () => {
    copy = await take()
    if (copy.lacking !== null) say(copy.lacking)
    return copy
  }
  return {
    async ask(sql, more = {}) {
      const { snapshot } = copy ?? (await copied())
      return session.ask({ snapshot, sql, ...more })
    },
    async refresh() {
      await copied()
    },
    asOf: ({ asOf }) => asOfWords(asOf, now() - (copy?.asOf ?? now())),
    interrupt: () => session.interrupt(),
  }
}
