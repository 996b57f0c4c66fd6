import type { LogRecord } from '../../log/log.ts'
import { createEventCheck } from '../../records/checks/accepted.ts'
import { isDateOnly, isWholeSecond } from '../../records/checks/time.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../records/definition.ts'
import type { Reason } from '../../records/reasons.ts'
import type { EnrichedEvent, RecentIds } from '../../records/warehouse.ts'
import { KeyedHash } from '../../state/keyed-hash.ts'
import { RecentSet } from '../../state/recent-set.ts'
import type { UserState } from '../window/user-state.ts'

export interface Cleaner {
  /** The reason to reject an event for what it says, or null. */
  check(event: BehaviourEvent, record: LogRecord): Reason | null
  /**
   * The reason to reject it for what came before it, or null: then it is remembered, and later events are held against it.
   *
   * An event whose time is no finer than a second, and that its producer gave an id, may be equal to another one: bought twice.
   */
  admit(event: BehaviourEvent, user: UserState): Reason | null
  /** The same reason; nothing is remembered. */
  repeated(event: BehaviourEvent, user: UserState): Reason | null
  /** Remember an event that is kept whatever came before it. */
  remember(event: BehaviourEvent, user: UserState): void
  /** Count a kept event again that is read back from the warehouse after a restart. */
  recount(event: EnrichedEvent, user: UserState): void
  /** Generation of the duplicate filter in which the last kept event was remembered. */
  readonly generation: number
}

/** A key for what runs in memory alone, over events of one's own: it keeps nobody out. */
export const openKey = '0'.repeat(16)

type Definition = Pick<PipelineDefinition, 'behaviours' | 'epoch' | 'value' | 'clean'>

/**
 * Decides which events are kept, from the log alone: no wall clock, so a replay decides as the first run did.
 *
 *     const cleaner = createCleaner(definition, '9f86d081884c7d65')
 *     cleaner.check(event, record)   // null
 *     cleaner.admit(event, user)     // null
 *     cleaner.admit(event, user)     // 'duplicate-id'
 *
 * Only kept events change what it remembers; the events table therefore restores it whole. The key is the pipeline's own: who
 * knows it could make an id that is taken for another one.
 */
export function createCleaner(definition: Definition, key: string, recent?: RecentIds): Cleaner {
  const { clean } = definition
  const check = createEventCheck(definition)
  const hashesOf = createHashes(key, clean.botWindowMs)
  let newestTime = recent?.newestTime ?? 0
  const generation = recent?.generation ?? 0
  const seen = new RecentSet({
    windowMs: clean.duplicateWindowMs,
    capacity: clean.duplicateCapacity,
    generation,
    newestTime,
    events: recent?.rows.reduce((sum, row) => sum + (row.generation === generation ? 1 : 0), 0) ?? 0,
  })
  for (const row of recent?.rows ?? []) {
    const { id, content, window } = hashesOf(row)
    if (id !== null) seen.restore(id, row.generation)
    seen.restore(content, row.generation)
    seen.restore(window, row.generation)
  }

  return {
    get generation() {
      return seen.generation
    },
    check: (event, record) => check(event, record.timestamp),
    admit(event, user) {
      const hashes = hashesOf(event)
      const reason = repeated(hashes, event, user)
      if (reason === null) remember(hashes, event, user)
      return reason
    },
    repeated(event, user) {
      return repeated(hashesOf(event), event, user)
    },
    remember(event, user) {
      remember(hashesOf(event), event, user)
    },
    recount(event, user) {
      count(event.time, user)
    },
  }

  function repeated({ id, content, window }: Hashes, event: BehaviourEvent, user: UserState): Reason | null {
    const { time } = event
    if (id !== null && seen.has(id)) return 'duplicate-id'
    if (seen.has(content) && !(isWholeSecond(time) && id !== null)) return 'exact-repeat'
    // A date alone says nothing of how fast it came.
    if (isDateOnly(time)) return null
    const bucket = bucketOf(time)
    if (bucket > user.botBucket) return null
    const sent = bucket === user.botBucket ? user.botCount : seen.count(window)
    return sent >= clean.botLimit ? 'bot-rate' : null
  }

  function remember({ id, content, window }: Hashes, { time }: BehaviourEvent, user: UserState): void {
    count(time, user)
    if (time > newestTime) newestTime = time
    seen.event(newestTime)
    if (id !== null) seen.add(id)
    seen.add(content)
    seen.add(window)
  }

  /** Windows before the user's newest are counted where events are remembered. */
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

type Content = Pick<BehaviourEvent, 'eventId' | 'userId' | 'itemId' | 'behaviour' | 'time' | 'value'>

/** What is remembered of an event. */
interface Hashes {
  id: KeyedHash | null
  content: KeyedHash
  /** The bot window of its user in which it lies. */
  window: KeyedHash
}

/** Hashes each event; good until the next one, since cleaning allocates nothing. Each kind begins with a number of its own. */
function createHashes(key: string, windowMs: number): (event: Content) => Hashes {
  const [id, content, window] = [new KeyedHash(key), new KeyedHash(key), new KeyedHash(key)]
  const hashes: Hashes = { id, content, window }
  return ({ eventId, userId, itemId, behaviour, time, value }) => {
    hashes.id = eventId === null ? null : id.begin().number(0).text(eventId).end()
    // NaN stands for "no value": cleaning lets no NaN in.
    const number = value ?? Number.NaN
    content.begin().number(1).text(userId).text(itemId).text(behaviour).number(time).number(number).end()
    window
      .begin()
      .number(2)
      .text(userId)
      .number(Math.floor(time / windowMs))
      .end()
    return hashes
  }
}
