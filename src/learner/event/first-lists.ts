import { everybodysListId, firstListId, nobody, type Recommendation } from '../../records/recommendation.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { savedTexts, textsOf } from '../../state/saved-texts.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { LearnerEvent } from './read-event.ts'
import type { EventLists } from './recommend.ts'

/** Lists for people without an event: those of whom a profile is known, and nobody in particular. */
export interface FirstLists {
  /** This is known of somebody: a JSON array of tokens, and attributes as a JSON object; whoever waits already waits on. */
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

/** However many users are in memory, so that lists do not follow from that. */
const mostProfiles = 100_000
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
 * What is known of them is kept for those who ask, until they have an event. They take no place of those who are remembered;
 * of more than a hundred thousand those of whom nothing has come for longest are forgotten.
 */
export function firstLists(
  { users, profiles, userFeatures, userAttributes, resetUser }: LearnerParts,
  lists: EventLists,
  how: {
    learnerId: string
    blockSize: number
    /** Profiles that are kept (default a hundred thousand). */
    mostProfiles?: number
    newUsers: boolean
    everybodyMs: number
    /** Whose events those of an id are by now. */
    whoIs: (userId: string) => string
  },
): FirstLists {
  // Whoever waits stands behind those in `profiles` who have had their list, in the same order.
  const waiting = new Set<string>()
  /** Whoever turned out to be somebody else, or has been given another one's events, is no newcomer. */
  const isNew = (userId: string): boolean => how.whoIs(userId) === userId && users.find(userId) < 0
  const state = Float64Array.of(0, Number.NEGATIVE_INFINITY) // events, time of the last list for everybody

  const remove = (userId: string): void => {
    waiting.delete(userId)
    profiles.delete(userId)
  }

  return {
    profile(userId, features, attributes) {
      if (!isNew(userId)) return
      if (!waiting.has(userId)) profiles.delete(userId)
      profiles.set(userId, { features, attributes })
      if (how.newUsers) waiting.add(userId)
      if (profiles.size > (how.mostProfiles ?? mostProfiles)) remove(profiles.keys().next().value!)
    },
    remove,
    forget(isTheirs) {
      for (const id of profiles.keys()) if (isTheirs(id)) remove(id)
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
      const userId = state[0]! % eventsPerList === 0 ? waiting.keys().next().value : undefined
      if (userId === undefined) return
      const { features, attributes } = profiles.get(userId)!
      waiting.delete(userId)
      if (isNew(userId)) listFor(userId, features, attributes, firstListId)
      else profiles.delete(userId)
    },
    save() {
      const all = [...profiles.values()]
      return {
        state: state.slice(),
        waiting: Uint8Array.from(profiles.keys(), id => (waiting.has(id) ? 1 : 0)),
        ...prefixed('ids', savedTexts([...profiles.keys()])),
        ...prefixed('features', savedTexts(all.map(({ features }) => features))),
        ...prefixed('attributes', savedTexts(all.map(({ attributes }) => attributes))),
      }
    },
    restore(arrays) {
      state.set(arrays['state'] as Float64Array)
      waiting.clear()
      profiles.clear()
      const waits = arrays['waiting'] as Uint8Array
      const textsIn = (name: string) => textsOf(withPrefix(name, arrays))
      const [features, attributes] = [textsIn('features'), textsIn('attributes')]
      for (const [k, id] of textsIn('ids').entries()) {
        profiles.set(id, { features: features[k]!, attributes: attributes[k]! })
        if (waits[k] === 1) waiting.add(id)
      }
    },
  }
}
