import { againHeader } from '../../log/again.ts'
import type { LogRecord, OutgoingRecord, Replacement } from '../../log/log.ts'
import { forgottenMessage } from '../../records/dead-letter-message.ts'
import { forgottenHeader } from '../../records/forgotten.ts'
import type { Headers } from '../../records/header-text.ts'
import { largestOwn, topicsOf } from '../../records/topics.ts'
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
  /** The same of the headers: their names and values. */
  originalHeaderBytes?: number
}

/** How much of what its topic takes a value, a key and the original headers may be, and what the first two are cut to. */
const shares = { value: 3 / 4, key: 1 / 8, headers: 1 / 16, cutTo: 1 / 8 }
/** What a broker adds to a header, bytes. */
const overheadOfHeader = 16

/** Stands before the name of an original header that is called like one of ours. */
const originalPrefix = 'recstream-original.'

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
  after: 'recstream-after',
  forgotten: forgottenHeader,
  again: againHeader,
  originalBytes: 'recstream-original-bytes',
  originalKeyBytes: 'recstream-original-key-bytes',
  originalHeaderBytes: 'recstream-original-header-bytes',
} as const
const ownNames: ReadonlySet<string> = new Set(Object.values(headers))

const collectReasons: ReadonlySet<string> = new Set([
  'unreadable',
  'empty-value',
  'empty-key',
  'too-large',
  'undecodable',
  'unknown-schema',
  'invalid',
])

/**
 * A dead letter as a record for the dead-letters topic: the original key, value, timestamp and headers, with the place and the
 * reason in headers named as Kafka Connect names them. An original header that is called `__connect.errors.…` or
 * `recstream-…` has `recstream-original.` before its name.
 *
 * Where the topic takes 8 MiB (`largest`), a value above 6 MiB, or a key above 1 MiB, is cut to its first 1 MiB, and a header
 * holds its size; of more than 512 KiB of headers the first are kept. Where it takes less, all of these are less by as much.
 * All go to partition 0, so that their numbers rise with the offset.
 */
export function deadLetterRecord(letter: DeadLetter, pipeline: string, largest = largestOwn): OutgoingRecord {
  const cutTo = largest * shares.cutTo
  const key = cut(letter.key, largest * shares.key, cutTo)
  const value = cut(letter.value, largest * shares.value, cutTo)
  const original = keptHeaders(letter.headers, largest * shares.headers)
  return {
    partition: 0,
    timestamp: letter.timestamp,
    key,
    value,
    headers: {
      ...original.kept,
      [headers.number]: String(letter.number),
      [headers.topic]: letter.topic,
      [headers.partition]: String(letter.partition),
      [headers.offset]: String(letter.offset),
      [headers.pipeline]: pipeline,
      [headers.stage]: stageOf(letter, pipeline),
      [headers.reason]: letter.reason,
      [headers.message]: letter.message,
      ...(letter.after === undefined ? {} : { [headers.after]: String(letter.after) }),
      ...(key === letter.key ? {} : { [headers.originalKeyBytes]: String(letter.key!.length) }),
      ...(value === letter.value ? {} : { [headers.originalBytes]: String(letter.value!.length) }),
      ...(original.cut ? { [headers.originalHeaderBytes]: String(original.bytes) } : {}),
    },
  }
}

/** What is left of a dead letter on its topic when its person was forgotten: where it stood, why it was rejected. */
export function forgottenLetter({ headers: found }: LogRecord): Replacement {
  const kept = Object.entries(found).filter(([name]) => ownNames.has(name))
  return {
    key: null,
    value: null,
    headers: { ...Object.fromEntries(kept), [headers.message]: forgottenMessage, [forgottenHeader]: '1' },
  }
}

/** Whether that is all that is left of it. */
export function isForgottenLetter({ message, value }: ReadDeadLetter): boolean {
  return value === null && message === forgottenMessage
}

/** The original headers under names that none of ours has: all of them, or the first, if they are too large. */
function keptHeaders(given: Headers, largest: number): { kept: Headers; cut: boolean; bytes: number } {
  const kept: [name: string, value: Buffer][] = []
  let bytes = 0
  let size = 0
  let cut = false
  for (const [name, value] of Object.entries(given)) {
    const renamed = name.startsWith('__connect.errors.') || name.startsWith('recstream-') ? originalPrefix + name : name
    const length = Buffer.byteLength(name) + value.length
    bytes += length
    size += length + overheadOfHeader + originalPrefix.length
    cut ||= size > largest
    if (!cut) kept.push([renamed, value])
  }
  return { kept: Object.fromEntries(kept), cut, bytes }
}

function originalHeaders(found: Headers): Headers {
  return Object.fromEntries(
    Object.entries(found)
      .filter(([name]) => !ownNames.has(name))
      .map(([name, value]) => [name.startsWith(originalPrefix) ? name.slice(originalPrefix.length) : name, value]),
  )
}

/**
 * Where a record was rejected. `decode` is called in collect, features of profiles and items are made where they are joined,
 * all else of a definition in clean. A letter's message begins with the function that failed.
 */
function stageOf({ reason, topic, message }: DeadLetter, pipeline: string): 'collect' | 'clean' | 'join' {
  if (collectReasons.has(reason) || (reason === 'definition-failed' && message.startsWith('decode.'))) return 'collect'
  return reason === 'definition-failed' && topic !== topicsOf(pipeline).behaviourEvents ? 'join' : 'clean'
}

function cut(bytes: Buffer | null, largest: number, cutTo: number): Buffer | null {
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
  const after = number(headers.after)
  const originalBytes = number(headers.originalBytes)
  const originalKeyBytes = number(headers.originalKeyBytes)
  const originalHeaderBytes = number(headers.originalHeaderBytes)
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
    headers: originalHeaders(record.headers),
    ...(Number.isSafeInteger(after) ? { after } : {}),
    ...(Number.isSafeInteger(originalBytes) ? { originalBytes } : {}),
    ...(Number.isSafeInteger(originalKeyBytes) ? { originalKeyBytes } : {}),
    ...(Number.isSafeInteger(originalHeaderBytes) ? { originalHeaderBytes } : {}),
  }
}
