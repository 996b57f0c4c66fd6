import type { LogRecord } from '../log/log.ts'
import { impossibleTime, impossibleTimestamp } from '../records/checks/time.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { type Reason, reasons } from '../records/reasons.ts'
import type { DeadLetter } from '../records/warehouse.ts'
import { count } from '../records/words.ts'
import type { DefinitionFailure } from './definition-calls.ts'
import type { Entry } from './order/follow.ts'

/** A record of a batch that was rejected; `at` is its place, or that of the event that it came before. */
export interface Rejected {
  record: LogRecord
  reason: Reason
  message: string
  at: number
  /** Its row number, where that is recorded. */
  number?: number
}

export function rejectedBy({ message }: DefinitionFailure, record: LogRecord, at: number): Rejected {
  return { record, reason: 'definition-failed', message, at }
}

/**
 * A batch's rejections as dead letters, numbered from the one after `last`; `keptAt` are the places of the batch's kept
 * events, the first of which has the row number after `sequence`.
 *
 * They stand in the order of the log, whichever stage said no, so that the cut into batches cannot change the numbers.
 */
export function deadLettersOf(
  rejected: Rejected[],
  last: number,
  { sequence, keptAt }: { sequence: number; keptAt: readonly number[] },
): DeadLetter[] {
  rejected.sort((a, b) => a.at - b.at)
  let number = last
  let kept = 0
  return rejected.map(({ record, reason, message, at, ...recorded }) => {
    const { topic, partition, offset, timestamp, key, value, headers } = record
    number = recorded.number ?? number + 1
    while (kept < keptAt.length && keptAt[kept]! < at) kept += 1
    return { number, topic, partition, offset, timestamp, reason, message, key, value, headers, after: sequence + kept }
  })
}

/** Why a record is rejected, in words; of a time, in which unit it seems to be, or whose clock is wrong. */
export function messageOf(
  entry: Entry,
  reason: Reason,
  { epoch, clean }: Pick<PipelineDefinition, 'epoch' | 'clean'>,
): string {
  if ('message' in entry) return entry.message
  if (reason !== 'impossible-time' || !('value' in entry)) return reasons[reason]
  const { time } = entry.value
  const { timestamp } = entry.record
  const impossible = impossibleTime(time) ?? impossibleTimestamp(timestamp)
  if (impossible !== null) return impossible
  const date = new Date(time).toISOString()
  if (time < epoch) {
    return `The time ${date} lies before the pipeline's epoch, ${new Date(epoch).toISOString()}; set epoch earlier if it is right.`
  }
  if (time <= timestamp + clean.maxFutureMs) return reasons[reason]
  const ahead = `${count(Math.round((time - timestamp) / 1000))} s`
  return `The time ${date} lies ${ahead} after its record was written: the clock of its producer is fast, or of another zone.`
}
