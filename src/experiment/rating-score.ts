import { prequential } from '../evaluate/prequential.ts'
import type { Scale } from '../pipeline/definition.ts'
import type { TrialResult } from './experiment.ts'

export interface RatingScore {
  /** Both in [0, 1]. */
  add(user: number, predicted: number, reward: number): void
  /** metrics and perUser of a trial; seconds are what its events took. */
  result(events: number, seconds: number): TrialResult
}

/**
 * The scores of a trial, over all its events and in sums per user.
 *
 *     const score = ratingScore({ kind: 'rating', min: 1, max: 5 }, 943)
 *     score.add(user, predicted, reward)
 *     score.result(100_000, 2).metrics   // rmse, mae on 1–5, rmse01, mae01 on [0, 1], aveReward = 1 − mae01, eventsPerSecond
 *
 * `perUser.sums` holds squaredError and absoluteError on the scale of `rmse`. Watch rewards have auc and logLoss instead
 * of rmse and mae, and their errors are on [0, 1].
 */
export function ratingScore(scale: Scale, users: number): RatingScore {
  const range = scale.kind === 'rating' ? scale.max - scale.min : 1
  const whole = prequential(scale)
  const events = new Float64Array(users)
  const squared = new Float64Array(users)
  const absolute = new Float64Array(users)
  const total = (sums: Float64Array) => sums.reduce((sum, value) => sum + value, 0)

  return {
    add(user, predicted, reward) {
      const error = range * (predicted - reward)
      whole.add(predicted, reward)
      events[user]! += 1
      squared[user]! += error * error
      absolute[user]! += Math.abs(error)
    },
    result(seen, seconds) {
      const scored = total(events)
      const mae01 = total(absolute) / scored / range
      const rmse01 = Math.sqrt(total(squared) / scored) / range
      return {
        metrics: {
          ...Object.fromEntries(whole.scores().map(({ metric, value }) => [metric, value])),
          rmse01,
          mae01,
          aveReward: 1 - mae01,
          eventsPerSecond: seen / seconds,
        },
        perUser: { events: [...events], sums: { squaredError: [...squared], absoluteError: [...absolute] } },
      }
    },
  }
}
