import type { SavedArrays } from '../state/saved-arrays.ts'

/**
 * How much of its own a policy may add to a plainer prediction: as much as it has earned so far, from none to all of it.
 *
 *     const earned = earnedGain('log', 'half')
 *     earned.apply(0.3, 0.9)      // 0.63: about half of it is believed to begin with
 *     earned.learn(0.3, 0.9, 1)   // the reward came; whoever said more of it gains
 *
 * Five policies that add 0, ¼, ½, ¾ and all of it are weighed by what each has lost (the exponentially weighted average
 * forecaster, Vovk 1990; shares fixed as in Herbster and Warmuth 1998). Log loss is exp-concave in a prediction, so what
 * this loses over n events is at most 1.3 + n/20,000 more than the plainer prediction alone, on any events whatever (0.9
 * where some of it is believed to begin with, 0.6 where little is), as long as both predict within [0.0001, 0.9999]: beyond, the
 * loss is cut, and a mean of two predictions may lose a little more than its share of both. For
 * squared errors the same holds as far as errors are spread like a normal distribution of the plainer one's variance.
 */
export interface EarnedGain {
  /** The share that is added now. */
  readonly gain: number
  /** The plainer prediction and the policy's own to one that is scored and served; all in [0, 1]. */
  apply(plain: number, own: number): number
  learn(plain: number, own: number, reward: number): void
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function earnedGain(loss: 'log' | 'squared', believed: keyof typeof shares): EarnedGain {
  const firstShares = shares[believed]
  const weights = Float64Array.from(firstShares)
  const errors = Float64Array.of(4, 1) // events and squared errors of the plainer prediction, four of a coin's to begin with
  const losses = new Float64Array(gains.length)
  let gain = 0

  const settle = () => {
    gain = 0
    for (let k = 0; k < gains.length; k++) gain += weights[k]! * gains[k]!
  }
  settle()
  return {
    get gain() {
      return gain
    },
    apply: (plain, own) => plain + gain * (own - plain),
    learn(plain, own, reward) {
      if (plain === own) return
      const scale = errors[0]! / (2 * errors[1]!)
      let least = Number.POSITIVE_INFINITY
      for (let k = 0; k < gains.length; k++) {
        const predicted = plain + gains[k]! * (own - plain)
        losses[k] = loss === 'log' ? logLoss(predicted, reward) : scale * (predicted - reward) ** 2
        least = Math.min(least, losses[k]!)
      }
      let total = 0
      for (let k = 0; k < gains.length; k++) {
        weights[k]! *= Math.exp(least - losses[k]!)
        total += weights[k]!
      }
      for (let k = 0; k < gains.length; k++)
        weights[k] = (1 - shared) * (weights[k]! / total) + shared * firstShares[k]!
      errors[0]! += 1
      errors[1]! += (plain - reward) ** 2
      settle()
    },
    save: () => ({ weights: weights.slice(), errors: errors.slice() }),
    restore(arrays) {
      weights.set(arrays['weights'] as Float64Array)
      errors.set(arrays['errors'] as Float64Array)
      settle()
    },
  }
}

const gains = [0, 0.25, 0.5, 0.75, 1] as const
/** What each weighs to begin with. */
const shares = {
  half: [0.3, 0.1, 0.1, 0.1, 0.4],
  some: [0.45, 0.1, 0.1, 0.1, 0.25],
  little: [0.6, 0.1, 0.1, 0.1, 0.1],
} as const
/** Of all weight, what is dealt out anew at each event: whoever begins to say something is heard within thousands of events. */
const shared = 1 / 20_000

function logLoss(predicted: number, reward: number): number {
  const inside = Math.min(1 - 1e-4, Math.max(1e-4, predicted))
  if (reward === 1) return -Math.log(inside)
  if (reward === 0) return -Math.log(1 - inside)
  return -reward * Math.log(inside) - (1 - reward) * Math.log(1 - inside)
}
