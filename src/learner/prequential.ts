import type { Scale } from '../records/definition.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'
import { areaUnderCurve } from './area-under-curve.ts'

/** A running score of one policy; both arguments are rewards in [0, 1]. */
export interface Prequential {
  readonly events: number
  add(predicted: number, reward: number): void
  scores(): { metric: string; value: number }[]
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Prequential scores on the scale that people know: RMSE and MAE for ratings, AUC and log loss for watch rewards.
 *
 *     const score = prequential({ kind: 'rating', min: 1, max: 5 })
 *     score.add(0.75, 1)
 *     score.scores()   // rmse 1, mae 1: predicted 4 where 5 was given
 */
export function prequential(scale: Scale): Prequential {
  return scale.kind === 'rating' ? ratingScore(scale.max - scale.min) : watchScore(scale.positiveFrom)
}

function ratingScore(range: number): Prequential {
  const sums = new Float64Array(3) // events, squared error, absolute error
  return {
    get events() {
      return sums[0]!
    },
    add(predicted, reward) {
      const error = range * (predicted - reward)
      sums[0]! += 1
      sums[1]! += error * error
      sums[2]! += Math.abs(error)
    },
    scores() {
      if (sums[0] === 0) return []
      return [
        { metric: 'rmse', value: Math.sqrt(sums[1]! / sums[0]!) },
        { metric: 'mae', value: sums[2]! / sums[0]! },
      ]
    },
    save: () => ({ sums: sums.slice() }),
    restore: arrays => sums.set(arrays['sums'] as Float64Array),
  }
}

/**
 * AUC of "the reward is at least positiveFrom" from 4,096 bins of predictions: ties within a bin count half, so it lies
 * within a few ten-thousandths of the exact one. Log loss is the cross-entropy with the reward itself as a soft label.
 */
function watchScore(positiveFrom: number): Prequential {
  const bins = 4096
  const positives = new Float64Array(bins)
  const negatives = new Float64Array(bins)
  const sums = new Float64Array(2) // events, log loss
  return {
    get events() {
      return sums[0]!
    },
    add(predicted, reward) {
      const bin = Math.min(bins - 1, Math.floor(predicted * bins))
      const side = reward >= positiveFrom ? positives : negatives
      side[bin]! += 1
      const clipped = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
      sums[0]! += 1
      sums[1]! -= reward * Math.log(clipped) + (1 - reward) * Math.log(1 - clipped)
    },
    scores() {
      if (sums[0] === 0) return []
      const auc = areaUnderCurve(positives, negatives)
      const logLoss = { metric: 'logLoss', value: sums[1]! / sums[0]! }
      // Without both kinds of events there is no curve.
      return Number.isNaN(auc) ? [logLoss] : [{ metric: 'auc', value: auc }, logLoss]
    },
    save: () => ({ positives: positives.slice(), negatives: negatives.slice(), sums: sums.slice() }),
    restore(arrays) {
      positives.set(arrays['positives'] as Float64Array)
      negatives.set(arrays['negatives'] as Float64Array)
      sums.set(arrays['sums'] as Float64Array)
    },
  }
}
