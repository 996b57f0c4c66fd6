import { eventWorth } from '../../../ranking/worth.ts'
import type { PipelineDefinition } from '../../../records/definition.ts'
import type { Ratings } from '../ratings.ts'

/** What an event says for its item, to whoever makes or judges lists. */
export interface EventJudgement {
  /** It is what lists are there for, and no disappointment. */
  target: boolean
  /** It says that its user does not want the item. */
  against: boolean
}

/**
 * Judges the events of a source in their order, as the learner does: a rating below the user's own mean is against its
 * item, and so is a view that fell short where views are what lists are there for.
 */
export function eventJudge({ behaviours, meanings, scale }: PipelineDefinition, ratings: Ratings) {
  const worth = eventWorth({ behaviours, roles: meanings, scale })
  for (let user = 0; user < ratings.userIds.length; user++) worth.resetUser(user)
  return (row: number): EventJudgement => {
    const { behaviour } = ratings.event(row)
    const [user, reward, number] = [ratings.user[row]!, ratings.reward[row]!, worth.number(behaviour)]
    const says = worth.of(user, number, reward)
    // What steps are worth is not asked, so what came before does not matter.
    worth.learn(user, number, reward, 0)
    return { target: meanings[behaviour]!.target && says > 0, against: says < 0 }
  }
}
