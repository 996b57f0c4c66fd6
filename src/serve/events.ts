import { createHash } from 'node:crypto'
import { encodeEvent } from '../codec/input.ts'
import type { Encoding } from '../codec/output.ts'
import type { OutgoingRecord } from '../log/log.ts'
import { type AcceptedBy, createEventCheck } from '../records/checks/accepted.ts'
import { checkEvent } from '../records/checks/event.ts'
import { whatIs } from '../records/checks/unfit.ts'
import { type Reason, reasons } from '../records/reasons.ts'
import { Rejection } from '../records/rejection.ts'
import { BoundedMap } from '../state/bounded-map.ts'

/** An event as it was sent, judged as the pipeline will. */
export type JudgedEvent = SoundEvent | RefusedEvent

export interface SoundEvent {
  userId: string
  record: OutgoingRecord
  /** Of an event with an id: what it says, as a hash. */
  key: string | null
}

export interface RefusedEvent {
  eventId: string | null
  reason: Reason
  message: string
}

/** A value is at most this long, bytes; the pipeline takes no longer one. */
const maxBytes = 1 << 20

/**
 * Judges events by their shape and by what the definition asks of each by itself; what came before it, only the pipeline knows.
 *
 *     const judge = eventJudge(definition, 'json')
 *     judge({ userId: 'ann', itemId: 'film', behaviour: 'veiw', time: now }, now)   // { reason: 'unknown-behaviour', … }
 */
export function eventJudge(definition: AcceptedBy, encoding: Encoding): (given: unknown, now: number) => JudgedEvent {
  const check = createEventCheck(definition)
  return (given, now) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      return refused(null, 'invalid', `An event must be a JSON object, not ${whatIs(given)}.`)
    }
    const event = checkEvent(given)
    if (event instanceof Rejection) return refused(null, event.reason, event.message)
    const reason = check(event, now)
    if (reason !== null) return refused(event.eventId, reason, inWords(reason, definition, event.behaviour))
    const value = encodeEvent(event, encoding)
    if (value.length > maxBytes) return refused(event.eventId, 'too-large', reasons['too-large'])
    const { eventId, userId } = event
    const key = eventId === null ? null : createHash('sha256').update(value).digest('base64')
    return { userId, record: { key: userId, value, timestamp: now }, key }
  }
}

function refused(eventId: string | null, reason: Reason, message: string): RefusedEvent {
  return { eventId, reason, message }
}

function inWords(reason: Reason, { behaviours, value: { min, max } }: AcceptedBy, behaviour: string): string {
  if (reason === 'unknown-behaviour') return `The behaviour "${behaviour}" is none of ${behaviours.join(', ')}.`
  if (reason === 'value-out-of-range') return `"value" must be from ${min} to ${max}.`
  return `${reasons[reason]}.`.replace(/^./, first => first.toUpperCase())
}

/** Events with ids that the log has, by all that they say: the same one again need not be written again. */
export interface KnownEvents {
  has(key: string): boolean
  add(key: string): void
}

export function knownEvents(capacity = 100_000): KnownEvents {
  const known = new BoundedMap<true>(capacity)
  return {
    has: key => known.get(key) !== undefined,
    add(key) {
      known.set(key, true)
      known.trim()
    },
  }
}
