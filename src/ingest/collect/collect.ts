import { isUtf8 } from 'node:buffer'
import { avroSchema } from '../../codec/schema.ts'
import { createValueDecoder, type ValueDecoder, type ValueDecoderOptions } from '../../codec/value-decoder.ts'
import type { LogRecord } from '../../log/log.ts'
import { checkEvent } from '../../records/checks/event.ts'
import { checkItem } from '../../records/checks/item.ts'
import { checkProfile } from '../../records/checks/profile.ts'
import { isId } from '../../records/checks/text.ts'
import type { BehaviourEvent, Item, UserProfile } from '../../records/definition.ts'
import type { Reason } from '../../records/reasons.ts'
import { Rejection } from '../../records/rejection.ts'

/** What a record of an input topic turned out to be: a value, or a dead letter to be. */
export type Collected<T> = { record: LogRecord; value: T } | { record: LogRecord; reason: Reason; message: string }

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
  /** Fetch the writers' schemas that a batch needs; without Confluent framing in it there is nothing to do. */
  prepare(records: readonly LogRecord[]): Promise<void>
  collect(record: LogRecord): Collected<T>
}

export type CollectorOptions = ValueDecoderOptions

const emptyKey = new Rejection('empty-key', 'The record has no key; produce with the id as the key.')
const emptyValue = new Rejection('empty-value', 'The record has no value.')
const badKey = new Rejection('invalid', 'The key must be the id as UTF-8 text of 1 to 1,024 characters.')
const otherKey = new Rejection('invalid', 'The key must be the same text as the id in the value.')

/** Collector of behaviour events; whether an event makes sense is judged later, in clean. */
export function createEventCollector(options: CollectorOptions = {}): Collector<BehaviourEvent> {
  const decoder = createValueDecoder(avroSchema('behaviour-event'), options)
  return collector(decoder, record => {
    const { key, value } = record
    if (key === null || key.length === 0) return emptyKey
    if (value === null || value.length === 0) return emptyValue
    const decoded = decoder.decode(value)
    if (decoded instanceof Rejection) return decoded
    const event = checkEvent(decoded)
    if (event instanceof Rejection) return event
    event.eventId ??= `${record.partition}:${record.offset}`
    return event as BehaviourEvent
  })
}

/** Collector of user profiles. */
export function createProfileCollector(options: CollectorOptions = {}): Collector<UserProfile | Tombstone> {
  return compactedCollector(
    createValueDecoder(avroSchema('user-profile'), options),
    checkProfile,
    ({ userId }) => userId,
  )
}

/** Collector of items. */
export function createItemCollector(options: CollectorOptions = {}): Collector<Item | Tombstone> {
  return compactedCollector(createValueDecoder(avroSchema('item'), options), checkItem, ({ itemId }) => itemId)
}

function compactedCollector<T extends object>(
  decoder: ValueDecoder,
  check: (decoded: object) => T | Rejection,
  idOf: (value: T) => string,
): Collector<T | Tombstone> {
  return collector<T | Tombstone>(decoder, ({ key, value }) => {
    if (key === null || key.length === 0) return emptyKey
    if (!isUtf8(key)) return badKey
    const id = key.toString()
    if (!isId(id)) return badKey
    if (value === null) return { deleted: true, id }
    if (value.length === 0) return emptyValue
    const decoded = decoder.decode(value)
    if (decoded instanceof Rejection) return decoded
    const checked = check(decoded)
    // Compaction and tombstones go by the key: under another one the old value could never be removed.
    return !(checked instanceof Rejection) && idOf(checked) !== id ? otherKey : checked
  })
}

function collector<T>(decoder: ValueDecoder, judge: (record: LogRecord) => T | Rejection): Collector<T> {
  return {
    prepare: records => decoder.prepare(records),
    collect(record) {
      const value = judge(record)
      return value instanceof Rejection ? { record, reason: value.reason, message: value.message } : { record, value }
    },
  }
}
