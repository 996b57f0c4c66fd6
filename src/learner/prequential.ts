import type { Scale } from '../records/definition.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { areaUnderCurve } from './area-under-curve.ts'
import { binOf, bins } from './probability-bins.ts'

/** A running score of one policy. */
export interface Prequential {
  /** Rewards in [0, 1]; `repeated`: the user has had to do with the item before. */
  add(predicted: number, reward: number, repeated?: boolean): void
  /** `events`: how many a score covers. */
  scores(): { metric: string; value: number; events: number }[]
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * Prequential scores on the scale that people know: RMSE and MAE for ratings, AUC and log loss for watch rewards.
 *
 *     const score = prequential({ kind: 'rating', min: 1, max: 5 })
 *     score.add(0.75, 1)
 *     score.scores()   // rmse 1, mae 1: predicted 4 where 5 was given
 *
 * AUC and log loss are of items that are new to their users; those of the rest are `aucRepeats` and `logLossRepeats`:
 * where whoever buys has looked before, it takes nothing to tell a second event from a first one.
 */
export function prequential(scale: Scale): Prequential {
  return scale.kind === 'rating' ? ratingScore(scale.max - scale.min) : watchScores(scale.positiveFrom)
}

function ratingScore(range: number): Prequential {
  const sums = new Float64Array(3) // events, squared error, absolute error
  return {
    add(predicted, reward) {
      const error = range * (predicted - reward)
      sums[0]! += 1
      sums[1]! += error * error
      sums[2]! += Math.abs(error)
    },
    scores() {
      const events = sums[0]!
      if (events === 0) return []
      return [
        { metric: 'rmse', value: Math.sqrt(sums[1]! / events), events },
        { metric: 'mae', value: sums[2]! / events, events },
      ]
    },
    save: () => ({ sums: sums.slice() }),
    restore: arrays => sums.set(arrays['sums'] as Float64Array),
  }
}

function watchScores(positiveFrom: number): Prequential {
  const fresh = watchScore(positiveFrom, '')
  const repeats = watchScore(positiveFrom, 'Repeats')
  return {
    add: (predicted, reward, repeated = false) => (repeated ? repeats : fresh).add(predicted, reward),
    scores: () => [...fresh.scores(), ...repeats.scores()],
    save: () => ({ ...prefixed('new', fresh.save()), ...prefixed('repeats', repeats.save()) }),
    restore(arrays) {
      fresh.restore(withPrefix('new', arrays))
      repeats.restore(withPrefix('repeats', arrays))
    },
  }
}

/**
 * AUC of "the reward is at least positiveFrom" from bins of the predictions' log-odds, so that it is right where
 * rewards are rare, too: ties within a bin count half, and it lies within a few ten-thousandths of the exact one. Log
 * loss is the cross-entropy with the reward itself as a soft label.
 */
function watchScore(positiveFrom: number, suffix: string): Prequential {
  const positives = new Uint32Array(bins)
  const negatives = new Uint32Array(bins)
  const sums = new Float64Array(2) // events, log loss
  return {
    add(predicted, reward) {
      const side = reward >= positiveFrom ? positives : negatives
      side[binOf(predicted)]! += 1
      const clipped = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
      sums[0]! += 1
      sums[1]! -= reward * Math.log(clipped) + (1 - reward) * Math.log(1 - clipped)
    },
    scores() {
      const events = sums[0]!
      if (events === 0) return []
      const auc = areaUnderCurve(positives, negatives)
      const logLoss = { metric: `logLoss${suffix}`, value: sums[1]! / events, events }
      // Without both kinds of events there is no curve.
      return Number.isNaN(auc) ? [logLoss] : [{ metric: `auc${suffix}`, value: auc, events }, logLoss]
    },
    save: () => ({ positives: positives.slice(), negatives: negatives.slice(), sums: sums.slice() }),
    restore(arrays) {
      positives.set(arrays['positives'] as Uint32Array)
      negatives.set(arrays['negatives'] as Uint32Array)
      sums.set(arrays['sums'] as Float64Array)
    },
  }
}
