import { gapFeature } from '../../predictors/ensemble/gap-feature.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import type { ActorView } from '../actor-view.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { LearnerEvent } from './read-event.ts'

/** What every policy predicts of an event, and how right it was. */
export interface EventPredictions {
  /** Rewards of the event predicted last, in [0, 1], in the order of the policies. */
  readonly values: Float64Array
  /** What the policy comes to that ddpg-la-residual corrects. */
  readonly base: number
  /** Predict with all policies; the event's short window is the last of the block's `count` records from `from` on. */
  predict(event: LearnerEvent, block: InterestBlock, from: number, count: number): void
  /** Score what was predicted last, before anything is learned from it. */
  score(event: LearnerEvent): void
  /** Learn how much of each policy to take from what was predicted last. */
  learn(event: LearnerEvent): void
}

export function eventPredictions(parts: LearnerParts, view: ActorView): EventPredictions {
  const { names, baselines, added, earned, scores, served, window } = parts
  const watch = parts.records !== null
  const values = new Float64Array(names.length)
  const errors = new Float64Array(names.length)
  /** What each would say by itself. */
  const alone = new Float64Array(names.length)
  return {
    values,
    get base() {
      return values[earned.basePolicy]!
    },
    predict({ user, item, time, met }, block, from, count) {
      view.readWindow(block, from, count, user)
      const lastTime = window.length > 0 ? window.times[window.length - 1]! : Number.NaN
      view.observe(user, time, gapFeature(time - lastTime))
      const own = baselines.length
      for (let p = 0; p < own; p++) {
        alone[p] = baselines[p]!.predict(user, item, time)
        values[p] = earned.held(p, alone[p]!, met)
      }
      const base = values[earned.basePolicy]!
      alone[own] = view.correct(user, item, time, base)
      values[own] = earned.own(
        earned.beside(p => values[p]!, met),
        alone[own]!,
        met,
      )
    },
    score({ user, met, reward }) {
      for (let p = 0; p < scores.length; p++) {
        scores[p]!.add(values[p]!, reward, met)
        errors[p] = (values[p]! - reward) ** 2
      }
      served.add(errors)
      // What is told of watch rewards is of items that are new to their users.
      if (!met || !watch) added.add(user, values[baselines.length]!, values[earned.basePolicy]!, reward)
    },
    learn: ({ reward, met }) => earned.learn(alone, reward, met),
  }
}
