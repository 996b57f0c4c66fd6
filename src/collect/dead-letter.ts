import type { LogRecord, OutgoingRecord } from '../log/log.ts'
import type { DeadLetter } from '../warehouse/warehouse.ts'

/** A dead letter as its record tells it. */
export interface ReadDeadLetter extends DeadLetter {
  pipeline: string
  /** "collect" when the bytes or their shape were wrong, "clean" when what they say was. */
  stage: string
}

const headers = {
  number: 'recstream-number',
  topic: '__connect.errors.topic',
  partition: '__connect.errors.partition',
  offset: '__connect.errors.offset',
  pipeline: '__connect.errors.connector.name',
  stage: '__connect.errors.stage',
  reason: '__connect.errors.exception.class.name',
  message: '__connect.errors.exception.message',
} as const

const collectReasons: ReadonlySet<string> = new Set([
  'empty-value',
  'empty-key',
  'too-large',
  'undecodable',
  'unknown-schema',
  'invalid',
])

/**
 * A dead letter as a record for the dead-letters topic: the original key, value and timestamp, with the place and the
 * reason in headers named as Kafka Connect names them.
 *
 * All go to partition 0, so that their numbers rise with the offset.
 */
export function deadLetterRecord(letter: DeadLetter, pipeline: string): OutgoingRecord {
  return {
    partition: 0,
    timestamp: letter.timestamp,
    key: letter.key,
    value: letter.value,
    headers: {
      [headers.number]: String(letter.number),
      [headers.topic]: letter.topic,
      [headers.partition]: String(letter.partition),
      [headers.offset]: String(letter.offset),
      [headers.pipeline]: pipeline,
      [headers.stage]: collectReasons.has(letter.reason) ? 'collect' : 'clean',
      [headers.reason]: letter.reason,
      [headers.message]: letter.message,
    },
  }
}

/** What `deadLetterRecord` wrote, or null if the record is not a dead letter of a pipeline. */
export function readDeadLetter(record: LogRecord): ReadDeadLetter | null {
  const text = (name: string): string | undefined => record.headers[name]?.toString()
  const number = (name: string): number => Number(text(name) ?? Number.NaN)
  const topic = text(headers.topic)
  const reason = text(headers.reason)
  const letter = number(headers.number)
  const partition = number(headers.partition)
  const offset = number(headers.offset)
  if (topic === undefined || reason === undefined) return null
  if (![letter, partition, offset].every(value => Number.isSafeInteger(value) && value >= 0)) return null
  return {
    number: letter,
    topic,
    partition,
    offset,
    timestamp: record.timestamp,
    pipeline: text(headers.pipeline) ?? '',
    stage: text(headers.stage) ?? '',
    reason,
    message: text(headers.message) ?? '',
    key: record.key,
    value: record.value,
  }
}
