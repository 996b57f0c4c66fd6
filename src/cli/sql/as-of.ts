import { count } from '../../records/words.ts'
import type { AsOf } from '../../warehouse/sql/query.ts'

/**
 * As of which event an answer is, and how old the tables are that it was read from.
 *
 *     asOfWords({ sequence: 5, time: 0 }, 3_000)   // 'as of event 5 (1970-01-01 00:00:00 UTC), 3 s ago'
 */
export function asOfWords(asOf: AsOf | null, ageMs: number): string {
  const what =
    asOf === null
      ? 'before any event'
      : `as of event ${count(asOf.sequence)} (${new Date(asOf.time).toISOString().slice(0, 19).replace('T', ' ')} UTC)`
  return `${what}, ${ageWords(ageMs)} ago`
}

function ageWords(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 2 * 3_600) return `${Math.floor(seconds / 60)} min`
  return seconds < 2 * 86_400 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} days`
}
