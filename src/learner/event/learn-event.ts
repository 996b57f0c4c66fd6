import { sideSignals } from '../../agents/ddpg-la/residual/forms.ts'
import { signalOf } from '../../records/signals.ts'
import type { ActorView } from '../actor-view.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { LearnerEvent } from './read-event.ts'

/** What an event changes, once it was predicted and scored. */
export interface EventLearning {
  /**
   * Remember the transition as it was predicted, learn what is learned per event, and move the user's state on; `base` is
   * what the policy came to that was corrected.
   */
  learn(event: LearnerEvent, base: number): void
  /** Move the user's window and recurrent state on, and learn nothing. */
  moveOn(event: LearnerEvent, base: number): void
}

export function eventLearning(parts: LearnerParts, view: ActorView): EventLearning {
  const { agent, actor, arms, control, interest, learners, lists, numbers, records, show, window } = parts
  const { hidden, cell } = view
  /** The reward, then what the event says beside it. */
  const signals = new Float64Array(1 + sideSignals)
  const sides = signals.subarray(1)
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
      signals[0] = reward
      for (let s = 0; s < sides.length; s++) sides[s] = signalOf(event.signals, s)
      const previous = interest.transition(user)
      const number = agent.remember({
        ...{ window: window.vectors, hidden, cell, rest, base, reward, previous },
        signals: sides,
      })
      interest.setTransition(user, number)
      lists.observe(event)
      show.note(event)
      for (const policy of learners) policy.learn(user, item, reward, time)
      records?.learn(user, signals, time)
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
