import { gapFeature } from '../../predictors/ensemble/gap-feature.ts'
import type { SessionEvent } from '../../records/question.ts'
import { inRange } from '../actor-view.ts'
import type { Asked } from './asked.ts'

/** For whom an answer is made. */
export interface Audience {
  /**
   * Do something with the place of a user, whose window the view has read: of one who is known, or of a guest who stands in
   * nobody's place and leaves it as it was.
   */
  as<Result>(userId: string, session: readonly SessionEvent[], work: (user: number) => Result): Result
}

/** A guest is a newcomer, who may have a profile and a session: what these are about is known of them, and nobody learns from it. */
export function audience({ definition, parts, view, whoIs }: Asked): Audience {
  const { users, pages, items, lists, profiles, show, biased, window } = parts
  const positions = window.vectors.length

  const note = (guest: number, events: readonly SessionEvent[]): void => {
    let before = Number.NaN
    // What the window has no room for is known to the ranker.
    for (const [k, { itemId, behaviour, value, time }] of events.entries()) {
      const item = items.find(itemId)
      const reward = rewardOf(itemId, behaviour, value, time)
      if (item < 0 || !inRange(reward, time)) continue
      lists.asked.noteGuest(guest, { item, time, behaviour, reward })
      show.note({ user: guest, item, behaviour, time })
      if (k < events.length - positions) continue
      window.push(item, time, reward, reward - biased.predict(guest, item, time), gapFeature(time - before))
      before = time
    }
  }
  const rewardOf = (itemId: string, behaviour: string, value: number | null, time: number): number => {
    const event = { eventId: null, userId: '', itemId, behaviour, time, value, properties: {}, recommendationId: null }
    try {
      return definition.reward(event)
    } catch {
      return Number.NaN
    }
  }

  return {
    as(userId, session, work) {
      const user = session.length > 0 ? -1 : users.find(whoIs(userId))
      if (user >= 0) {
        pages.look(user)
        view.recallWindow(user)
        return work(user)
      }
      const guest = users.size
      parts.guestUser(guest, userId)
      view.clearWindow()
      const profile = profiles.get(whoIs(userId))
      if (profile !== undefined) {
        parts.userFeatures.set(guest, profile.features)
        parts.userAttributes.set(guest, profile.attributes)
      }
      try {
        // Before the first event of all there is nothing that a session could be held against.
        if (items.size > 0) note(guest, session)
        return work(guest)
      } finally {
        lists.asked.endGuest(guest)
        parts.guestUser(guest, userId)
      }
    },
  }
}
