import type { BehaviourEvent } from '../../../records/definition.ts'
import { isFirstList, type Recommendation } from '../../../records/recommendation.ts'
import { stayOf } from './names.ts'

/** What earlier runs left on the topics of what the people of one seed did and got. */
export interface Recall {
  /** True if it is of one of them. */
  event(event: BehaviourEvent): boolean
  list(list: Recommendation): void
  /** Events by slot, and those of one slot in the order in which they happened, whatever partition they lie in. */
  events(): BehaviourEvent[]
  /** The first list of a user, and when its event was. */
  first(userId: string): FirstList | undefined
  /** The newest list of each user. */
  newest(): Iterable<Recommendation>
}

export type FirstList = Pick<Recommendation, 'arm' | 'policy' | 'time'>

/**
 * Gathers events and lists as they are read back; those of other users are passed over.
 *
 *     const recall = createRecall(1)
 *     recall.event(event); recall.list(list)
 *     crowd.again(recall)
 */
export function createRecall(seed: number): Recall {
  const events: { event: BehaviourEvent; slot: number; generation: number; number: number }[] = []
  const firsts = new Map<string, FirstList>()
  const newest = new Map<string, Recommendation>()
  return {
    event(event) {
      const stay = stayOf(event.userId, seed)
      const number = Number(event.eventId!.slice(event.eventId!.lastIndexOf('-') + 1))
      if (stay === null) return false
      events.push({ event, ...stay, number })
      return true
    },
    list(list) {
      if (stayOf(list.userId, seed) === null || isFirstList(list.recommendationId)) return
      const { arm, policy, time } = list
      if (!firsts.has(list.userId)) firsts.set(list.userId, { arm, policy, time })
      newest.set(list.userId, list)
    },
    events: () =>
      events
        .sort((a, b) => a.slot - b.slot || a.generation - b.generation || a.number - b.number)
        .map(({ event }) => event),
    first: userId => firsts.get(userId),
    newest: () => newest.values(),
  }
}
