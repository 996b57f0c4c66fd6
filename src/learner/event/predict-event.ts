import { gapFeature } from '../../predictors/ensemble/gap-feature.ts'
import type { InterestBlock } from '../../records/interest-block.ts'
import type { ActorView } from '../actor-view.ts'
import type { LearnerParts } from '../learner-parts.ts'
import type { LearnerEvent } from './read-event.ts'

/** What every policy predicts of an event, and how right it was. */
export interface EventPredictions {
  /** Rewards of the event predicted last, in [0, 1], in the order of the policies. */
  readonly values: Float64Array
  /** What the ensemble predicts, to which ddpg-la-residual adds. */
  readonly base: number
  /** Predict with all policies; the event's short window is the last of the block's `count` records from `from` on. */
  predict(event: LearnerEvent, block: InterestBlock, from: number, count: number): void
  /** Score what was predicted last, before anything is learned from it. */
  score(event: LearnerEvent): void
}

export function eventPredictions(parts: LearnerParts, view: ActorView): EventPredictions {
  const { names, baselines, scores, served, window } = parts
  const values = new Float64Array(names.length)
  const errors = new Float64Array(names.length)
  return {
    values,
    get base() {
      return values[baselines.length - 1]!
    },
    predict({ user, item, time }, block, from, count) {
      view.readWindow(block, from, count, user)
      const lastTime = window.length > 0 ? window.times[window.length - 1]! : Number.NaN
      view.observe(user, gapFeature(time - lastTime))
      for (let p = 0; p < baselines.length; p++) values[p] = baselines[p]!.predict(user, item, time)
      values[baselines.length] = view.predict(user, item, time, values[baselines.length - 1]!)
    },
    score({ met, reward }) {
      for (let p = 0; p < scores.length; p++) {
        scores[p]!.add(values[p]!, reward, met)
        errors[p] = (values[p]! - reward) ** 2
      }
      served.add(errors)
    },
  }
}
