import type { LogRecord } from '../../log/log.ts'
import type { BehaviourEvent, PipelineDefinition } from '../../records/definition.ts'
import type { Reason } from '../../records/reasons.ts'
import { topicsOf } from '../../records/topics.ts'
import { decodeFailureOf } from '../collect/collect.ts'
import { DefinitionFailure } from '../definition-calls.ts'
import type { Intake } from '../intake.ts'
import { noFeatures } from '../join/features.ts'
import type { Entry } from '../order/follow.ts'
import { type Differences, eventOf } from '../order/recorded-events.ts'
import type { RecordedRow } from '../order/recorded-order.ts'
import { messageOf, type Rejected, rejectedBy } from '../rejected.ts'
import type { UserState } from '../window/user-state.ts'
import type { Cleaner } from './clean.ts'
import { type Made, madeOf } from './made.ts'

/** An event that is kept, before it is joined. */
export interface Kept extends Made {
  event: BehaviourEvent
  record: LogRecord
  user: UserState
  generation: number
  at: number
  /** The row that it is recorded as. */
  row: RecordedRow | null
}

/** Decides what becomes of each record of a batch: as it is recorded, where that is so. */
export class EntryJudge {
  readonly #definition: PipelineDefinition
  readonly #cleaner: Cleaner
  readonly #intake: Intake
  readonly #differences: Differences
  readonly #stateOf: (userId: string) => UserState
  readonly #topic: string

  constructor(parts: {
    definition: PipelineDefinition
    cleaner: Cleaner
    intake: Intake
    /** Told what is recorded and would be decided otherwise now. */
    differences: Differences
    stateOf: (userId: string) => UserState
  }) {
    this.#definition = parts.definition
    this.#cleaner = parts.cleaner
    this.#intake = parts.intake
    this.#differences = parts.differences
    this.#stateOf = parts.stateOf
    this.#topic = topicsOf(parts.definition.name).behaviourEvents
  }

  /** The events of a batch that are kept; what is rejected of it goes into `rejected`. */
  kept(collected: readonly Entry[], rejected: Rejected[]): Kept[] {
    const kept: Kept[] = []
    for (let at = 0; at < collected.length; at++) {
      const entry = collected[at]!
      const judged = this.#judgeEntry(entry, at)
      if (judged === null) {
        this.#intake.passedOver('events')
        continue
      }
      if ('value' in entry) this.#intake.time(entry.value.time)
      if (typeof judged === 'object' && 'event' in judged) {
        kept.push(judged)
        this.#intake.kept('events')
        continue
      }
      const { record } = entry
      const failure = judged instanceof DefinitionFailure ? judged : decodeFailureOf(entry)
      if (judged instanceof DefinitionFailure) rejected.push(rejectedBy(judged, record, at))
      else rejected.push({ record, reason: judged, message: messageOf(entry, judged, this.#definition), at })
      const last = rejected.at(-1)!
      if (typeof entry.recorded === 'object' && 'letter' in entry.recorded) {
        last.number = entry.recorded.letter.number
        // That of a profile or an item is counted where its feed takes the record.
        if (record.topic !== this.#topic) continue
      }
      const time = 'value' in entry ? entry.value.time : null
      this.#intake.rejected('events', last.reason, failure, { message: last.message, time })
    }
    return kept
  }

  /** What becomes of a record; null where it is passed over. */
  #judgeEntry(entry: Entry, at: number): Kept | Reason | DefinitionFailure | null {
    const { recorded } = entry
    if (typeof recorded === 'object' && 'row' in recorded) return this.#keep(entry, recorded.row, at)
    if ('passedOver' in entry) return null
    if (!('value' in entry)) return entry.reason
    if (recorded === undefined) return this.#judge(entry.value, entry.record, at)
    const wrong = madeOf(entry.value, entry.record, this.#cleaner, this.#definition)
    if (typeof wrong !== 'object' || wrong instanceof DefinitionFailure) return wrong
    return this.#cleaner.repeated(entry.value, this.#stateOf(entry.value.userId)) ?? 'not-kept'
  }

  /** An event with all that the definition makes of it, or why it is rejected: the producer's fault before the definition's. */
  #judge(event: BehaviourEvent, record: LogRecord, at: number): Kept | Reason | DefinitionFailure {
    const made = madeOf(event, record, this.#cleaner, this.#definition)
    if (typeof made !== 'object' || made instanceof DefinitionFailure) return made
    const user = this.#stateOf(event.userId)
    const repeated = this.#cleaner.admit(event, user)
    if (repeated !== null) return repeated
    const { context, liked, reward } = made
    const { generation } = this.#cleaner
    return { event, context, liked, record, user, reward, generation, at, row: null }
  }

  /** Keep an event as it is recorded that it was kept, whatever would be decided now. */
  #keep(entry: Entry, row: RecordedRow, at: number): Kept {
    const event = eventOf(entry, row, this.#definition.name)
    const { record } = entry
    const user = this.#stateOf(event.userId)
    const made = madeOf(event, record, this.#cleaner, this.#definition)
    this.#differences.compare(row, typeof made === 'string' ? made : (this.#cleaner.repeated(event, user) ?? made))
    this.#cleaner.remember(event, user)
    const { generation } = this.#cleaner
    return {
      event,
      context: noFeatures,
      liked: row.liked,
      record,
      user,
      reward: row.reward,
      generation,
      at,
      row,
    }
  }
}
