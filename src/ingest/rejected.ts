import type { LogRecord } from '../log/log.ts'
import type { Reason } from '../records/reasons.ts'
import type { DeadLetter } from '../records/warehouse.ts'
import type { DefinitionFailure } from './definition-calls.ts'

/** A record of a batch that was rejected; `at` is its place, or that of the event that it came before. */
export interface Rejected {
  record: LogRecord
  reason: Reason
  message: string
  at: number
}

export function rejectedBy({ message }: DefinitionFailure, record: LogRecord, at: number): Rejected {
  return { record, reason: 'definition-failed', message, at }
}

/**
 * A batch's rejections as dead letters, numbered from the one after `last`.
 *
 * They stand in the order of the log, whichever stage said no, so that the cut into batches cannot change the numbers.
 */
export function deadLettersOf(rejected: Rejected[], last: number): DeadLetter[] {
  rejected.sort((a, b) => a.at - b.at)
  return rejected.map(({ record, reason, message }, k) => {
    const { topic, partition, offset, timestamp, key, value, headers } = record
    return { number: last + k + 1, topic, partition, offset, timestamp, reason, message, key, value, headers }
  })
}
