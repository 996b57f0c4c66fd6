import type { LogRecord } from '../../log/log.ts'
import type { BehaviourEvent } from '../../records/definition.ts'
import type { EnrichedEvent } from '../../records/warehouse.ts'
import { noFeatures, withContext } from './features.ts'

/** What is known by id, as of now; what a compacted topic comes to. */
interface Known<T> {
  get(id: string): T | undefined
}

/**
 * A kept event with the profile and the item that stand in the tables as it passes.
 *
 * What surrounds the event stands among the user's features. One whose profile or item has not come is joined to an empty one and marked; it is never dropped and never waits.
 */
export function joinEvent(
  event: BehaviourEvent,
  record: LogRecord,
  users: Known<{ features: string }>,
  items: Known<string>,
  row: { sequence: number; generation: number; reward: number; liked: boolean; context: string },
): EnrichedEvent {
  const userFeatures = users.get(event.userId)?.features
  const itemFeatures = items.get(event.itemId)
  return {
    sequence: row.sequence,
    partition: record.partition,
    offset: record.offset,
    eventId: event.eventId,
    userId: event.userId,
    itemId: event.itemId,
    behaviour: event.behaviour,
    time: event.time,
    value: event.value,
    properties: propertiesText(event.properties),
    recommendationId: event.recommendationId,
    reward: row.reward,
    liked: row.liked,
    late: false,
    userKnown: userFeatures !== undefined,
    itemKnown: itemFeatures !== undefined,
    userFeatures: withContext(userFeatures ?? noFeatures, row.context),
    itemFeatures: itemFeatures ?? noFeatures,
    count: 0,
    generation: row.generation,
  }
}

/** As the warehouse keeps them. */
export function propertiesText(properties: Readonly<Record<string, number>>): string | null {
  for (const _ in properties) return JSON.stringify(properties)
  return null
}
