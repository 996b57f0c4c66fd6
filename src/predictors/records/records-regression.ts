import { learningRewards, type Policy } from '../baselines/policy.ts'
import { itemSize, logitOf, userSize } from './records-layout.ts'
import type { SignalRecords } from './signal-records.ts'

/**
 * What a linear regression on dense records adds to another policy's logit: σ(z + w·f), learned in one pass.
 *
 *     const policy = recordsRegression({ base: watchRegression(), records })
 *     policy.predict(user, item, time)
 *     policy.learn(user, item, reward, time)   // before base and records learn, which this does not teach
 *
 * Weights are normal distributions of their own (assumed-density filtering, as in `bayesianLogistic`); z counts as given.
 */
export function recordsRegression(parts: {
  base: Pick<Policy, 'predict'>
  records: SignalRecords
  /** Variance of a weight before anything is learned. */
  variance?: number
}): Policy {
  const { base, records, variance = 0.001 } = parts
  const weights = new Float64Array(userSize + itemSize)
  const evidence = new Float64Array(userSize + itemSize) // Σ p(1 − p)·f²
  // The weights' part of z for the user at hand.
  const features = new Float64Array(userSize + itemSize)

  const work = (user: number, item: number, time: number): number => {
    records.read(user, item, time)
    features.set(records.ofUser)
    features.set(records.ofItem, userSize)
    let logit = logitOf(base.predict(user, item, time))
    for (let k = 0; k < features.length; k++) logit += weights[k]! * features[k]!
    return 1 / (1 + Math.exp(-logit))
  }
  return learningRewards<Policy>({
    name: 'logistic-records',
    predict: work,
    learn(user, item, reward, time) {
      const chance = work(user, item, time)
      const curvature = chance * (1 - chance)
      let spread = 0
      for (let k = 0; k < features.length; k++) {
        spread += (variance / (1 + variance * evidence[k]!)) * features[k]! * features[k]!
      }
      const step = (reward - chance) / (1 + curvature * spread)
      for (let k = 0; k < features.length; k++) {
        weights[k]! += (variance / (1 + variance * evidence[k]!)) * features[k]! * step
        evidence[k]! += curvature * features[k]! * features[k]!
      }
    },
    resetUser() {},
    resetItem() {},
    save: () => ({ weights: weights.slice(), evidence: evidence.slice() }),
    restore(arrays) {
      weights.set(arrays['weights'] as Float64Array)
      evidence.set(arrays['evidence'] as Float64Array)
    },
  })
}
