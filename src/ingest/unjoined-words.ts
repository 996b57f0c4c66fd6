import type { Position } from '../log/log.ts'
import type { Topics } from '../records/topics.ts'
import type { Unjoined } from '../records/warehouse.ts'
import { count, plural } from '../records/words.ts'
import { fairShare } from './rejection-words.ts'

/** What is known at all: without items or profiles, no event can find one, and nobody needs to be told. */
export interface Loaded {
  items: boolean
  profiles: boolean
}

/** What is known by what was read of each topic, and what of it still waits for events to come as far as its time. */
export function loadedOf(
  { items, userProfiles }: Topics,
  positions: readonly Position[],
  waiting: { users: number; items: number },
): Loaded {
  const isRead = (name: string) => positions.some(({ topic, offset }) => topic === name && offset > 0)
  return { items: waiting.items > 0 || isRead(items), profiles: waiting.users > 0 || isRead(userProfiles) }
}

/**
 * That more than a tenth of events found no item or no profile, in words; null where that is not so.
 *
 *     unjoinedWords({ events: 500, items: 500, profiles: 0 }, { items: true, profiles: true })
 *     // 'Of 500 events, 500 found no item; …'
 */
export function unjoinedWords({ events, items, profiles }: Unjoined, loaded: Loaded): string | null {
  const missed = [
    ...(loaded.items && items > fairShare * events ? [`${count(items)} found no item`] : []),
    ...(loaded.profiles && profiles > fairShare * events ? [`${count(profiles)} found no profile`] : []),
  ]
  if (missed.length === 0) return null
  return `Of ${plural(events, 'event')}, ${missed.join(' and ')}: an event finds what was sent before the first event came, or is not dated later than the event's record.`
}
