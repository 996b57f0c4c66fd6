import type { Recommendation } from '../../records/recommendation.ts'
import type { LearnerEvent } from '../event/read-event.ts'
import type { LearnerParts } from '../learner-parts.ts'
import { ndcgAt } from './place.ts'
import { firstPlaces } from './steady-lists.ts'

/** Holds what users do against the lists that were published for them. */
export interface ListsJudge {
  /** An event, before anything is learned from it. */
  event(event: LearnerEvent): void
  /** The list that an event gave rise to. */
  list(event: LearnerEvent, list: Recommendation): void
}

export function judgeLists({ arms, items, judged, lists, names, served, steady }: LearnerParts): ListsJudge {
  const places = new Map(arms.arms.map(({ name }, arm) => [name, arm]))
  return {
    event(event) {
      // What comes late came before the list that stands.
      if (event.late || !lists.isTarget(event)) return
      const judgement = judged.target(event.user, event.item, event.time)
      if (judgement !== null) served.judged(judgement.policy, ndcgAt(judgement.place, 10))
    },
    list({ user, time }, list) {
      const arm = places.get(list.arm)!
      // The lists of agents that plan are no champion's.
      const policy = arms.plans(arm) ? -1 : names.indexOf(list.policy)
      const listed = list.items.map(({ itemId }) => items.find(itemId))
      const moved = judged.list(user, { arm, policy, time }, listed)
      if (policy >= 0) steady.list(listed.slice(0, firstPlaces), moved)
    },
  }
}
