import type { ErrorCode } from '../errors.ts'
import { count } from '../records/words.ts'
import { type RejectedByReason, reasonCounts, rejectedInAll } from './rejection-words.ts'

/** Repeats are in the tables already: to send the same again is no failure. */
const repeats: ReadonlySet<string> = new Set(['duplicate-id', 'exact-repeat'])

/** Why a run has nothing to show, as an error is told. */
export interface RunError {
  code: ErrorCode
  message: string
}

/**
 * The error where none of the events that came in was kept, null where one was, or where most were repeats; `advice` says
 * where to look.
 *
 *     allRejected({ kept: 0, rejected: { invalid: 50 } }, 'see `recstream dead-letters`')
 *     // { code: 'ALL_REJECTED', message: 'None of the 50 events that came in was kept: 50 invalid; see …' }
 */
export function allRejected(
  { kept, rejected }: { kept: number; rejected: RejectedByReason },
  advice: string,
): RunError | null {
  const causes = Object.entries(rejected).filter(([reason]) => !repeats.has(reason))
  const refused = rejectedInAll(Object.fromEntries(causes))
  // Whoever reads a topic anew sends what is known already, and may meet a few broken records again.
  if (kept > 0 || refused === 0 || refused < rejectedInAll(rejected) - refused) return null
  const [cause] = causes.sort((a, b) => b[1] - a[1])[0]!
  const all = rejectedInAll(rejected)
  const none = all === 1 ? 'The one event that came in was not' : `None of the ${count(all)} events that came in was`
  const message = `${none} kept: ${reasonCounts(rejected)}`
  return {
    code: cause === 'definition-failed' ? 'DEFINITION_FAILED' : 'ALL_REJECTED',
    message: `${message}; ${advice.replace(/\.$/, '')}.`,
  }
}
