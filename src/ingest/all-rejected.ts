import type { ErrorCode } from '../errors.ts'

/** Repeats are in the tables already: to send the same again is no failure. */
const repeats: ReadonlySet<string> = new Set(['duplicate-id', 'exact-repeat'])

/** Why a run has nothing to show, as an error is told. */
export interface RunError {
  code: ErrorCode
  message: string
}

/**
 * The error where none of the events that came in was kept, null where one was or none came but repeats; `advice` says
 * where to look.
 *
 *     allRejected({ kept: 0, rejected: { invalid: 50 } }, 'see `recstream dead-letters`')
 *     // { code: 'ALL_REJECTED', message: 'None of the 50 events that came in was kept: 50 invalid; see …' }
 */
export function allRejected(
  { kept, rejected }: { kept: number; rejected: Readonly<Record<string, number>> },
  advice: string,
): RunError | null {
  const byCount = Object.entries(rejected).sort((a, b) => b[1] - a[1])
  const cause = byCount.find(([reason]) => !repeats.has(reason))
  if (kept > 0 || cause === undefined) return null
  const number = (count: number) => count.toLocaleString('en-GB')
  const total = byCount.reduce((sum, [, count]) => sum + count, 0)
  const counts = byCount.map(([reason, count]) => `${number(count)} ${reason}`).join(', ')
  const message = `None of the ${number(total)} events that came in was kept: ${counts}; ${advice.replace(/\.$/, '')}.`
  return { code: cause[0] === 'definition-failed' ? 'DEFINITION_FAILED' : 'ALL_REJECTED', message }
}
