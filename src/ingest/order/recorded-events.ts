import { RecstreamError } from '../../errors.ts'
import type { BehaviourEvent } from '../../records/definition.ts'
import type { Reason } from '../../records/reasons.ts'
import { topicsOf } from '../../records/topics.ts'
import type { EnrichedEvent } from '../../records/warehouse.ts'
import { count } from '../../records/words.ts'
import type { Made } from '../clean/made.ts'
import type { Collected } from '../collect/collect.ts'
import { DefinitionFailure } from '../definition-calls.ts'
import { noFeatures } from '../join/features.ts'
import type { RecordedRow } from './recorded-order.ts'

/** Rows that the definition would not make as they are recorded. */
export class Differences {
  #first: string | null = null
  #rows = 0

  /** Note a row if something else is made of it now. */
  compare({ sequence, reward, liked }: RecordedRow, made: Made | Reason | DefinitionFailure): void {
    let what: string
    if (typeof made === 'string') what = `be rejected as ${made}`
    else if (made instanceof DefinitionFailure) what = 'be rejected as definition-failed'
    else if (made.reward !== reward) what = `have the reward ${made.reward}`
    else if (made.liked !== liked) what = made.liked ? 'be liked' : 'not be liked'
    else return
    this.#first ??= `row ${sequence} would ${what}`
    this.#rows += 1
  }

  /** One sentence for people; null when there are none. */
  get words(): string | null {
    if (this.#first === null) return null
    const others = this.#rows === 1 ? '' : `, and so with ${count(this.#rows - 1)} more`
    return `The definition has changed since rows were kept (${this.#first} by what it says now${others}); they are as they were, since the learner had them so. For what it says now, begin a pipeline under another name.`
  }
}

/** The event of a recorded row; REBUILD_FAILED where the record that the row was made of now holds something else. */
export function eventOf(entry: Collected<BehaviourEvent>, row: RecordedRow, pipeline: string): BehaviourEvent {
  const event = 'value' in entry ? entry.value : null
  if (
    event !== null &&
    event.userId === row.userId &&
    event.itemId === row.itemId &&
    event.behaviour === row.behaviour &&
    event.time === row.time
  ) {
    return event
  }
  const place = `${topicsOf(pipeline).behaviourEvents}/${row.partition}@${row.offset}`
  throw new RecstreamError(
    'REBUILD_FAILED',
    `Row ${row.sequence} was made of another event than ${place} holds now; the topic was made again, or is decoded otherwise. Put back what it was, or begin a pipeline under another name.`,
  )
}

/** Give a row the features with which it was joined then: topics of profiles and items may have been compacted since. */
export function joinAsRecorded(event: EnrichedEvent, row: RecordedRow): void {
  if (event.userFeatures !== row.userFeatures) {
    if (!isSurrounded(event.userFeatures, row.userFeatures)) event.userKnown = hasOwnFeatures(row.userFeatures)
    event.userFeatures = row.userFeatures
  }
  if (event.itemFeatures === row.itemFeatures) return
  event.itemFeatures = row.itemFeatures
  event.itemKnown = row.itemFeatures !== noFeatures
}

/** Whether recorded features are a user's own, with those of what surrounds the event behind them. */
function isSurrounded(own: string, recorded: string): boolean {
  const before = own === noFeatures ? '[' : `${own.slice(0, -1)},`
  return recorded.startsWith(`${before}"@`)
}

/** Features of what surrounds an event stand last and begin with "@". */
function hasOwnFeatures(features: string): boolean {
  return features !== noFeatures && !features.startsWith('["@')
}
