import type { ActorView } from '../actor-view.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { LearnerEvent } from './read-event.ts'

/** What an event changes, once it was predicted and scored. */
export interface EventLearning {
  /**
   * Remember the transition as it was predicted, learn what is learned per event, and move the user's state on; `base` is
   * what the ensemble predicted.
   */
  learn(event: LearnerEvent, base: number): void
  /** Move the user's window and recurrent state on, and learn nothing. */
  moveOn(event: LearnerEvent, base: number): void
}

export function eventLearning(parts: LearnerParts, view: ActorView): EventLearning {
  const { agent, actor, arms, control, interest, learners, lists, numbers, show, window } = parts
  const { hidden, cell } = view
  const rest = new Float64Array(numbers.profileSize + numbers.candidateSize)

  const moveState = ({ user, item, time, reward }: LearnerEvent, base: number) => {
    interest.note(user, item, time, reward, reward - base)
    if (window.insert(item, time, reward, reward - base)) {
      actor.advance(window.left.vector, hidden, cell)
      interest.write(user, hidden, cell, window.left.time)
    }
  }

  return {
    learn(event, base) {
      const { user, item, reward, time } = event
      rest.set(view.profile)
      rest.set(view.candidate, view.profile.length)
      const previous = interest.transition(user)
      const number = agent.remember({ window: window.vectors, hidden, cell, rest, base, reward, previous })
      interest.setTransition(user, number)
      lists.observe(event)
      show.note(event)
      for (const policy of learners) policy.learn(user, item, reward, time)
      moveState(event, base)
      arms.observe(user, event, true)
      control.event(user, time, reward)
    },
    moveOn(event, base) {
      show.note(event)
      moveState(event, base)
      arms.observe(event.user, event, false)
    },
  }
}
