import { encodeEvent, encodeItem, encodeProfile } from '../../codec/input.ts'
import type { Encoding } from '../../codec/output.ts'
import {
  type Collector,
  createEventCollector,
  createItemCollector,
  createProfileCollector,
  type Tombstone,
} from '../../ingest/collect/collect.ts'
import type { LogRecord, OutgoingRecord } from '../../log/log.ts'
import { isId } from '../../records/checks/text.ts'
import { whatIs } from '../../records/checks/unfit.ts'
import type { BehaviourEvent, Item, UserProfile } from '../../records/definition.ts'
import type { InputRole } from '../topic-role.ts'

type Value = BehaviourEvent | UserProfile | Item | Tombstone

/** A line as the record to send, or what is wrong with it as a sentence. */
export type CheckedLine = { record: OutgoingRecord } | { problem: string }

const collectors: Record<InputRole, () => Collector<Value>> = {
  'behaviour-events': createEventCollector,
  'user-profiles': createProfileCollector,
  items: createItemCollector,
}

/**
 * Checks JSON lines as the pipeline itself will, so that what is sent is not a dead letter for its shape.
 *
 *     const check = lineChecker('items', 'now', Date.now)
 *     check('{"itemId":"42"}')   // { record: { key: '42', … } }
 *
 * A line has our shape. Where the topic's JSON has another one (`decode`), it is written as Avro, which is ours by its schema.
 */
export function lineChecker(
  role: InputRole,
  recordTime: 'now' | 'event',
  clock: () => number,
  encoding: Encoding = 'json',
): (line: string) => CheckedLine {
  const collector = collectors[role]()
  return line => {
    let parsed: unknown
    try {
      parsed = JSON.parse(line)
    } catch {
      return { problem: 'The line is not JSON.' }
    }
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      return { problem: `The line must be a JSON object, not ${whatIs(parsed)}.` }
    }
    const id = (parsed as Record<string, unknown>)[role === 'items' ? 'itemId' : 'userId']
    // An id that cannot be a key is one that the check refuses by name, whatever the key.
    const key = isId(id) ? id : '?'
    const value = Buffer.from(line)
    const collected = collector.collect(candidate(role, key, value))
    if ('reason' in collected) return { problem: collected.message }
    const checked = (collected as { value: Value }).value
    const time = recordTime === 'event' && 'time' in checked ? checked.time : clock()
    return { record: { key, value: encoding === 'json' ? value : asAvro(checked), timestamp: time } }
  }
}

function asAvro(checked: Value): Buffer {
  if ('behaviour' in checked) {
    return encodeEvent(checked, 'avro')
  }
  return 'itemId' in checked ? encodeItem(checked, 'avro') : encodeProfile(checked as UserProfile, 'avro')
}

function candidate(topic: string, key: string, value: Buffer): LogRecord {
  return { topic, partition: 0, offset: 0, timestamp: 0, key: Buffer.from(key), value, headers: {} }
}
