import type { LogRecord, OutgoingRecord } from '../../log/log.ts'
import { topicsOf } from '../../records/topics.ts'
import type { DeadLetter } from '../../records/warehouse.ts'

/** A dead letter as its record holds it. */
export interface ReadDeadLetter extends DeadLetter {
  pipeline: string
  /** "collect" when the bytes or their shape were wrong, "clean" when what they say was, "join" when features fail. */
  stage: string
  /** Length of the original value, where the record holds only its beginning. */
  originalBytes?: number
  /** The same of the key. */
  originalKeyBytes?: number
}

/** The dead-letters topic takes 8 MiB; what a longer value and key are cut to leaves room for the headers, bytes. */
const largestValue = 6 * 2 ** 20
const largestKey = 2 ** 20
const cutTo = 2 ** 20

/** Header with a dead letter's row number, by which a restarted publisher goes on. */
export const deadLetterNumberHeader = 'recstream-number'

const headers = {
  number: deadLetterNumberHeader,
  topic: '__connect.errors.topic',
  partition: '__connect.errors.partition',
  offset: '__connect.errors.offset',
  pipeline: '__connect.errors.connector.name',
  stage: '__connect.errors.stage',
  reason: '__connect.errors.exception.class.name',
  message: '__connect.errors.exception.message',
  originalBytes: 'recstream-original-bytes',
  originalKeyBytes: 'recstream-original-key-bytes',
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
 * A value above 6 MiB, or a key above 1 MiB, is cut to its first 1 MiB, and a header holds its size.
 * All go to partition 0, so that their numbers rise with the offset.
 */
export function deadLetterRecord(letter: DeadLetter, pipeline: string): OutgoingRecord {
  const key = cut(letter.key, largestKey)
  const value = cut(letter.value, largestValue)
  return {
    partition: 0,
    timestamp: letter.timestamp,
    key,
    value,
    headers: {
      [headers.number]: String(letter.number),
      [headers.topic]: letter.topic,
      [headers.partition]: String(letter.partition),
      [headers.offset]: String(letter.offset),
      [headers.pipeline]: pipeline,
      [headers.stage]: stageOf(letter, pipeline),
      [headers.reason]: letter.reason,
      [headers.message]: letter.message,
      ...(key === letter.key ? {} : { [headers.originalKeyBytes]: String(letter.key!.length) }),
      ...(value === letter.value ? {} : { [headers.originalBytes]: String(letter.value!.length) }),
    },
  }
}

/**
 * Where a record was rejected. `decode` is called in collect, features of profiles and items are made where they are joined,
 * all else of a definition in clean. A letter's message begins with the function that failed.
 */
function stageOf({ reason, topic, message }: DeadLetter, pipeline: string): 'collect' | 'clean' | 'join' {
  if (collectReasons.has(reason) || (reason === 'definition-failed' && message.startsWith('decode.'))) return 'collect'
  return reason === 'definition-failed' && topic !== topicsOf(pipeline).behaviourEvents ? 'join' : 'clean'
}

function cut(bytes: Buffer | null, largest: number): Buffer | null {
  return bytes !== null && bytes.length > largest ? bytes.subarray(0, cutTo) : bytes
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
  const originalBytes = number(headers.originalBytes)
  const originalKeyBytes = number(headers.originalKeyBytes)
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
    ...(Number.isSafeInteger(originalBytes) ? { originalBytes } : {}),
    ...(Number.isSafeInteger(originalKeyBytes) ? { originalKeyBytes } : {}),
  }
}
