import { everybodysListId, firstListId, nobody, type Recommendation } from '../../records/recommendation.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { LearnerEvent } from './read-event.ts'
import type { EventLists } from './recommend.ts'

/** Lists for people without an event: those of whom a profile is known, and nobody in particular. */
export interface FirstLists {
  /** This is known of somebody: a JSON array of tokens, and attributes as a JSON object; whoever waits already waits with that. */
  profile(userId: string, features: string, attributes: string): void
  /** Somebody has an event, or is gone. */
  remove(userId: string): void
  /** Somebody is forgotten. */
  forget(isTheirs: (id: string) => boolean): void
  /** Make what is due at an event, which was learned from; `made` receives each list with its guest in the event's place. */
  make(event: LearnerEvent, modelVersion: number, made: (list: Recommendation, guest: LearnerEvent) => void): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** Events for each first list: a million profiles that come at once cost no more than a quarter of a list an event. */
const eventsPerList = 4

/**
 * First lists wait until there was enough to learn a step from, then come one at every fourth event, in the order of their
 * profiles; the list for nobody in particular comes every `recommend.everybodyMs` of event time, under the empty user id.
 *
 *     const first = firstLists(parts, lists, { learnerId: 'shop', firstAt: 256, ... })
 *     first.profile('ann', '["country=de"]')
 *     first.make(event, 0, list => lists.push(list))   // { userId: 'ann', recommendationId: 'shop-2042.1', ... }
 *
 * Who waits takes no place of those who are remembered; where more wait than are remembered, the first of them are forgotten.
 */
export function firstLists(
  { users, userFeatures, userAttributes, resetUser }: LearnerParts,
  lists: EventLists,
  how: {
    learnerId: string
    blockSize: number
    maxUsers: number
    newUsers: boolean
    everybodyMs: number
    /** Whose events those of an id are by now. */
    whoIs: (userId: string) => string
  },
): FirstLists {
  const waiting = new Map<string, readonly [features: string, attributes: string]>()
  /** Whoever turned out to be somebody else, or has been given another one's events, is no newcomer. */
  const isNew = (userId: string): boolean => how.whoIs(userId) === userId && users.find(userId) < 0
  const state = Float64Array.of(0, Number.NEGATIVE_INFINITY) // events, time of the last list for everybody

  return {
    profile(userId, features, attributes) {
      if (!how.newUsers || !isNew(userId)) return
      waiting.set(userId, [features, attributes])
      if (waiting.size > how.maxUsers) waiting.delete(waiting.keys().next().value!)
    },
    remove(userId) {
      waiting.delete(userId)
    },
    forget(isTheirs) {
      for (const id of waiting.keys()) if (isTheirs(id)) waiting.delete(id)
    },
    make(event, modelVersion, made) {
      const listFor = (userId: string, features: string, attributes: string, idOf: typeof firstListId) => {
        // The place of nobody who is remembered; it is cleared again for whoever stands there next.
        const guest = { ...event, user: users.size, userId }
        resetUser(guest.user, userId)
        userFeatures.set(guest.user, features)
        userAttributes.set(guest.user, attributes)
        const list = lists.forGuest(guest, modelVersion)
        if (list !== null) made({ ...list, recommendationId: idOf(how.learnerId, event.row) }, guest)
      }
      state[0]! += 1
      if (state[0]! < how.blockSize) return
      if (event.time - state[1]! >= how.everybodyMs) {
        state[1] = event.time
        listFor(nobody, '[]', '', everybodysListId)
      }
      const next = state[0]! % eventsPerList === 0 ? waiting.entries().next().value : undefined
      if (next === undefined) return
      const [userId, [features, attributes]] = next
      waiting.delete(userId)
      if (isNew(userId)) listFor(userId, features, attributes, firstListId)
    },
    save: () => ({
      state: state.slice(),
      waiting: new Uint8Array(Buffer.from(JSON.stringify([...waiting].map(([id, known]) => [id, ...known])))),
    }),
    restore(arrays) {
      state.set(arrays['state'] as Float64Array)
      waiting.clear()
      const entries = JSON.parse(Buffer.from(arrays['waiting'] as Uint8Array).toString()) as [string, string, string?][]
      for (const [userId, features, attributes = ''] of entries) waiting.set(userId, [features, attributes])
    },
  }
}
