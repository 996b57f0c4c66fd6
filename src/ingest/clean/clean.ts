import type { LogRecord } from '../../log/log.ts'
import { impossibleTime, isDated, isDateOnly, isWholeSecond } from '../../records/checks/time.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../records/definition.ts'
import type { Reason } from '../../records/reasons.ts'
import type { EnrichedEvent, RecentIds } from '../../records/warehouse.ts'
import { Hash64 } from '../../state/hash.ts'
import { RecentSet } from '../../state/recent-set.ts'
import { isNamed } from '../collect/collect.ts'
import type { UserState } from '../window/user-state.ts'

export interface Cleaner {
  /** The reason to reject an event for what it says, or null. */
  check(event: BehaviourEvent, record: LogRecord): Reason | null
  /**
   * The reason to reject it for what came before it, or null: then it is remembered, and later events are held against it.
   *
   * An event whose time is no finer than a second, and that its producer gave an id, may be equal to another one: bought twice.
   */
  admit(event: BehaviourEvent, record: LogRecord, user: UserState): Reason | null
  /** The same reason; nothing is remembered. */
  repeated(event: BehaviourEvent, record: LogRecord, user: UserState): Reason | null
  /** Remember an event that is kept whatever came before it. */
  remember(event: BehaviourEvent, user: UserState): void
  /** Count a kept event again that is read back from the warehouse after a restart. */
  recount(event: EnrichedEvent, user: UserState): void
  /** Generation of the duplicate filter in which the last kept event was remembered. */
  readonly generation: number
}

type Definition = Pick<PipelineDefinition, 'behaviours' | 'epoch' | 'value' | 'clean'>

/**
 * Decides which events are kept, from the log alone: no wall clock, so a replay decides as the first run did.
 *
 *     const cleaner = createCleaner(definition)
 *     cleaner.check(event, record)   // null
 *     cleaner.admit(event, user)     // null
 *     cleaner.admit(event, user)     // 'duplicate-id'
 *
 * Only kept events change what it remembers; the events table therefore restores it whole.
 */
export function createCleaner(definition: Definition, recent?: RecentIds): Cleaner {
  const { epoch, value: range, clean } = definition
  const behaviours = new Set(definition.behaviours)
  let newestTime = recent?.newestTime ?? 0
  const options = {
    windowMs: clean.duplicateWindowMs,
    capacity: clean.duplicateCapacity,
    generation: recent?.generation ?? 0,
    newestTime,
  }
  const ids = new RecentSet(options)
  const fingerprints = new RecentSet(options)
  for (const row of recent?.rows ?? []) {
    ids.restore(idHash(row), row.generation)
    fingerprints.restore(fingerprint(row), row.generation)
  }

  return {
    get generation() {
      return ids.generation
    },
    check(event, record) {
      if (!behaviours.has(event.behaviour)) return 'unknown-behaviour'
      if (impossibleTime(event.time) !== null || !isDated(record.timestamp)) return 'impossible-time'
      if (event.time < epoch || event.time > record.timestamp + clean.maxFutureMs) return 'impossible-time'
      if (event.value === null ? range.required : event.value < range.min || event.value > range.max) {
        return 'value-out-of-range'
      }
      return null
    },
    admit(event, record, user) {
      const id = idHash(event)
      const print = fingerprint(event)
      const reason = repeated(id, print, event, record, user)
      if (reason === null) remember(id, print, event.time, user)
      return reason
    },
    repeated(event, record, user) {
      return repeated(idHash(event), fingerprint(event), event, record, user)
    },
    remember(event, user) {
      remember(idHash(event), fingerprint(event), event.time, user)
    },
    recount(event, user) {
      count(event.time, user)
    },
  }

  function repeated(
    id: Hash64,
    print: Hash64,
    event: BehaviourEvent,
    record: LogRecord,
    user: UserState,
  ): Reason | null {
    const { time } = event
    if (ids.has(id)) return 'duplicate-id'
    if (fingerprints.has(print) && !(isWholeSecond(time) && isNamed(event, record))) return 'exact-repeat'
    // A date alone says nothing of how fast it came.
    if (isDateOnly(time)) return null
    return bucketOf(time) === user.botBucket && user.botCount >= clean.botLimit ? 'bot-rate' : null
  }

  function remember(id: Hash64, print: Hash64, time: number, user: UserState): void {
    count(time, user)
    if (time > newestTime) newestTime = time
    ids.advance(newestTime)
    fingerprints.advance(newestTime)
    ids.add(id)
    fingerprints.add(print)
  }

  /** A late event is not counted: its window was counted when it was open. */
  function count(time: number, user: UserState): void {
    const bucket = bucketOf(time)
    if (bucket < user.botBucket) return
    if (bucket > user.botBucket) {
      user.botBucket = bucket
      user.botCount = 0
    }
    user.botCount += 1
  }

  function bucketOf(time: number): number {
    return Math.floor(time / clean.botWindowMs)
  }
}

// Used again for every event: cleaning allocates nothing.
const id64 = new Hash64()
const print64 = new Hash64()

function idHash({ eventId }: { eventId: string }): Hash64 {
  return id64.begin().text(eventId)
}

function fingerprint(event: {
  userId: string
  itemId: string
  behaviour: string
  time: number
  value: number | null
}): Hash64 {
  // NaN stands for "no value": cleaning lets no NaN in.
  const { userId, itemId, behaviour, time, value } = event
  return print64
    .begin()
    .text(userId)
    .text(itemId)
    .text(behaviour)
    .number(time)
    .number(value ?? Number.NaN)
}
