import { isUtf8 } from 'node:buffer'
import { avroSchema } from '../../codec/schema.ts'
import { isSingleObject } from '../../codec/single-object.ts'
import { createValueDecoder, type ValueDecoder, type ValueDecoderOptions } from '../../codec/value-decoder.ts'
import type { LogRecord } from '../../log/log.ts'
import { checkEvent } from '../../records/checks/event.ts'
import { checkItem } from '../../records/checks/item.ts'
import { checkProfile } from '../../records/checks/profile.ts'
import { idRule, isId } from '../../records/checks/text.ts'
import { unfit } from '../../records/checks/unfit.ts'
import type { BehaviourEvent, Decode, ForeignRecord, Item, UserProfile } from '../../records/definition.ts'
import { isForgotten } from '../../records/forgotten.ts'
import type { Reason } from '../../records/reasons.ts'
import { Rejection } from '../../records/rejection.ts'
import { knownEnvelope } from '../../shapes/known-envelope.ts'
import { DefinitionFailure } from '../definition-calls.ts'
import { callDecode, type DecodeFunction, withoutValue } from './call-decode.ts'

/** What a record of an input topic turned out to be: a value, a dead letter to be, or nothing that the pipeline wants. */
export type Collected<T> =
  | { record: LogRecord; value: T }
  | { record: LogRecord; reason: Reason; message: string; failure?: DefinitionFailure }
  | { record: LogRecord; passedOver: true }

/** That the definition's `decode` failed at a record; null where it did not. */
export function decodeFailureOf(collected: Collected<unknown>): DefinitionFailure | null {
  return 'failure' in collected ? (collected.failure ?? null) : null
}

/** A null value on a compacted topic: what the key names is gone. */
export interface Tombstone {
  deleted: true
  id: string
}

/**
 * Decodes and validates the records of one input topic.
 *
 *     const collector = createEventCollector({ registry })
 *     await collector.prepare(records)
 *     for (const record of records) {
 *       const collected = collector.collect(record)
 *       if ('reason' in collected) …
 *     }
 *
 * `prepare` throws SCHEMA_UNKNOWN (retriable) while a needed registry does not answer; `collect` never throws.
 */
export interface Collector<T> {
  /** Fetch the writers' schemas that a batch needs; without framed values in it there is nothing to do. */
  prepare(records: readonly LogRecord[]): Promise<void>
  /** Whether a record can be read only with a schema that `prepare` has not found. */
  lacks(record: LogRecord): boolean
  collect(record: LogRecord): Collected<T>
}

export interface CollectorOptions<Function extends keyof Decode = keyof Decode>
  extends Omit<ValueDecoderOptions, 'foreign'> {
  /** The definition's function for records in a shape of their own; our shape without it. */
  decode?: Decode[Function] | undefined
}

const emptyKey = new Rejection('empty-key', 'The record has no key; produce with the id as the key.')
const emptyValue = new Rejection('empty-value', 'The record has no value.')
const badKey = new Rejection('invalid', 'The key must be the id as UTF-8 text of 1 to 1,024 characters.')
const otherKey = new Rejection('invalid', 'The key must be the same text as the id in the value.')
const foreignKey = new Rejection(
  'invalid',
  'The key says another id than the value; a delete by this key would remove the wrong one.',
)

/** Collector of behaviour events; whether an event makes sense is judged later, in clean. */
export function createEventCollector(options: CollectorOptions<'event'> = {}): Collector<BehaviourEvent> {
  const { decode } = options
  const decoder = createValueDecoder(avroSchema('behaviour-event'), { ...options, foreign: decode !== undefined })
  const checked = (decoded: unknown) => checkShape('event', decoded, checkEvent)
  return collector(decoder, record => {
    const { key, value } = record
    if (decode !== undefined && isForeign(value)) {
      return foreignValue('decode.event', decode as DecodeFunction, record, decoder, made => {
        const event = checked(made)
        // A copy: a function may use one object again.
        return event instanceof Rejection ? event : { ...event, properties: { ...event.properties } }
      })
    }
    if (key === null || key.length === 0) return emptyKey
    if (value === null || value.length === 0) return emptyValue
    const decoded = decoder.decode(record)
    return decoded instanceof Rejection ? decoded : checked(decoded)
  })
}

/** Collector of user profiles. */
export function createProfileCollector(options: CollectorOptions<'profile'> = {}): Collector<UserProfile | Tombstone> {
  return compactedCollector('profile', 'userId', options, checkProfile, avroSchema('user-profile'))
}

/** Collector of items. */
export function createItemCollector(options: CollectorOptions<'item'> = {}): Collector<Item | Tombstone> {
  return compactedCollector('item', 'itemId', options, checkItem, avroSchema('item'))
}

function compactedCollector<Id extends string, T extends Record<Id, string>>(
  of: 'profile' | 'item',
  id: Id,
  options: CollectorOptions,
  check: (decoded: object) => T | Rejection,
  schema: ReturnType<typeof avroSchema>,
): Collector<T | Tombstone> {
  const { decode } = options
  const name = `decode.${of}` as const
  const decoder = createValueDecoder(schema, { ...options, foreign: decode !== undefined })

  /** A profile or an item, or that it is gone. */
  function outcome(made: object): T | Tombstone | Rejection {
    if (!('deleted' in made) || made.deleted !== true) {
      const checked = checkShape(of, made, check)
      return checked instanceof Rejection ? checked : structuredClone(checked)
    }
    const given = (made as Partial<Record<Id, unknown>>)[id]
    return isId(given) ? { deleted: true, id: given } : unfit(id, idRule, given)
  }

  function foreign(record: LogRecord, call: DecodeFunction): T | Tombstone | null | Rejection | DefinitionFailure {
    const found = foreignValue(name, call, record, decoder, outcome)
    if (found === null) return null
    if (isWrong(found)) return record.value === null ? withoutValue(name, id, found) : found
    if (record.value === null || record.key === null) return found
    // Compaction and deletes go by the key, so it must come to the same id by itself, where it comes to one at all.
    const byKey = callDecode(name, call, foreignRecord(record, null, decoder), outcome)
    const otherGone = byKey !== null && !isWrong(byKey) && 'deleted' in byKey && idOf(byKey) !== idOf(found)
    return otherGone ? foreignKey : found
  }
  const idOf = (found: T | Tombstone) => ('deleted' in found ? (found as Tombstone).id : (found as T)[id])

  return collector<T | Tombstone>(decoder, record => {
    const { key, value } = record
    if (decode !== undefined && isForeign(value)) return foreign(record, decode as DecodeFunction)
    if (key === null || key.length === 0) return emptyKey
    if (!isUtf8(key)) return badKey
    const keyId = key.toString()
    if (!isId(keyId)) return badKey
    if (value === null) return { deleted: true, id: keyId }
    if (value.length === 0) return emptyValue
    const decoded = decoder.decode(record)
    if (decoded instanceof Rejection) return decoded
    const checked = checkShape(of, decoded, check)
    // Compaction and tombstones go by the key: under another one the old value could never be removed.
    return !(checked instanceof Rejection) && checked[id] !== keyId ? otherKey : checked
  })
}

/** What `import` and `send` write has our shape, whatever a definition decodes. */
function isForeign(value: Buffer | null): boolean {
  return value === null || !isSingleObject(value)
}

function isWrong(made: unknown): made is Rejection | DefinitionFailure {
  return made instanceof Rejection || made instanceof DefinitionFailure
}

function foreignValue<T>(
  name: 'decode.event' | 'decode.profile' | 'decode.item',
  call: DecodeFunction,
  record: LogRecord,
  decoder: ValueDecoder,
  judge: (made: object) => T | Rejection,
): T | null | Rejection | DefinitionFailure {
  const value = record.value === null || record.value.length === 0 ? null : decoder.decode(record)
  return value instanceof Rejection ? value : callDecode(name, call, foreignRecord(record, value, decoder), judge)
}

function foreignRecord(record: LogRecord, value: unknown, decoder: ValueDecoder): ForeignRecord {
  const { headers, timestamp, partition, offset } = record
  return { value, key: decoder.key(record), headers, timestamp, partition, offset }
}

/** A decoded value as an event, a profile or an item; a known envelope that is none is called by its name. */
function checkShape<T>(of: keyof Decode, decoded: unknown, check: (decoded: object) => T | Rejection): T | Rejection {
  const object = typeof decoded === 'object' && decoded !== null ? decoded : {}
  const checked = check(object)
  if (!(checked instanceof Rejection)) return checked
  const envelope = knownEnvelope(decoded)
  if (envelope === null) return checked
  return new Rejection(
    'invalid',
    `The value is ${envelope.name}; give the pipeline a decode.${of} that opens it by ${envelope.opens}.`,
  )
}

function collector<T>(
  decoder: ValueDecoder,
  judge: (record: LogRecord) => T | null | Rejection | DefinitionFailure,
): Collector<T> {
  return {
    prepare: decoder.prepare,
    lacks: decoder.lacks,
    collect(record) {
      if (isForgotten(record)) return { record, passedOver: true }
      if (record.unreadable !== undefined) return { record, reason: 'unreadable', message: record.unreadable }
      const value = judge(record)
      if (value === null) return { record, passedOver: true }
      if (value instanceof Rejection) return { record, reason: value.reason, message: value.message }
      if (value instanceof DefinitionFailure)
        return { record, reason: 'definition-failed', message: value.message, failure: value }
      return { record, value }
    },
  }
}
