import { gapFeature } from '../../predictors/ensemble/gap-feature.ts'
import { listId, type Recommendation } from '../../records/recommendation.ts'
import type { RecommendSettings } from '../../settings/types.ts'
import type { ActorView } from '../actor-view.ts'
import { plannedItems } from '../arms/planned-items.ts'
import { withAlternatives } from '../arms/with-alternatives.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { ChampionScores } from './champion-scores.ts'
import type { LearnerEvent } from './read-event.ts'
import { soundItems } from './sound-items.ts'

/** Lists as events give rise to them. */
export interface EventLists {
  /**
   * The list that an event gives rise to, made by the arm to which its user belongs; null where none is due or nothing is
   * left to recommend.
   */
  of(event: LearnerEvent, modelVersion: number): Recommendation | null
  /** A list for somebody without an event, at the time of somebody else's; `user` is a place that holds nobody. */
  forGuest(event: LearnerEvent, modelVersion: number): Recommendation | null
}

/**
 * Makes the lists of events.
 *
 *     const lists = eventLists(parts, view, { learnerId, champion, settings: { length: 10 } })
 *     const list = lists.of(event, modelVersion)   // the event's window has been read
 */
export function eventLists(
  parts: LearnerParts,
  view: ActorView,
  {
    learnerId,
    champion,
    settings,
  }: { learnerId: string; champion: ChampionScores; settings: Pick<RecommendSettings, 'length'> },
): EventLists {
  const { arms, control, items, lists, served, show } = parts

  const itemsFor = ({ user, time, row }: LearnerEvent, arm: number): Recommendation['items'] => {
    view.observe(user, time, gapFeature(0))
    const scores = champion(user, time)
    if (!arms.plans(arm)) return lists.list(user, time, scores)
    const { policy } = arms.arms[arm]!
    const choices = arms.list(user, arm, time, row)
    const planned = plannedItems(choices, { policy, itemId: items.id, expect: scores.expect })
    if (planned.length > 0) lists.noteList(user, time)
    return planned
  }

  /** Whatever may be shown is found, so that a list without room for more is all there is. */
  const whyShort = (length: number): string | null => {
    if (length >= settings.length) return null
    const rules = show.whyShort(items.size)
    return `only ${length} of ${items.size} items may be shown${rules === '' ? '' : `: ${rules}`}`
  }

  const make = (event: LearnerEvent, arm: number, modelVersion: number): Recommendation | null => {
    const { user, userId, time, row, partition, offset } = event
    const own = soundItems(itemsFor(event, arm))
    const short = whyShort(own.length)
    const listed = withAlternatives(own, arms, { user, arm, time, items })
    // The very first users may have seen all the items there are.
    if (listed.length === 0) return null
    return {
      recommendationId: listId(learnerId, row),
      ...{ userId, time, sequence: row, partition, offset },
      modelVersion,
      policy: arms.plans(arm) ? arms.arms[arm]!.policy : served.champion,
      arm: arms.arms[arm]!.name,
      items: listed,
      short,
    }
  }

  return {
    of(event, modelVersion) {
      const { user, time, late } = event
      const arm = arms.of(user)
      if (!lists.due(user, time, late)) return null
      const list = make(event, arm, modelVersion)
      if (list !== null) control.list(user, arm, time)
      return list
    },
    forGuest(event, modelVersion) {
      view.clearWindow()
      return make(event, arms.ofId(event.userId), modelVersion)
    },
  }
}
