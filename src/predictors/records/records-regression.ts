import { chanceOf, logitOf } from '../../state/logit.ts'
import { learningRewards, type Policy } from '../baselines/policy.ts'
import { ratesSize, recordsSize } from './records-layout.ts'
import type { SignalRecords } from './signal-records.ts'

/** Variances of the weights before anything is learned: of the rates, and of all else. */
const variances = { rates: 0.002, rest: 0.0005 }

/**
 * What a linear regression on dense records adds to another policy's logit: σ(z + w·f), learned in one pass.
 *
 *     const policy = recordsRegression({ base: watchRegression(), records })
 *     policy.predict(user, item, time)
 *     policy.learn(user, item, reward, time)   // before base and records learn, which this does not teach
 *
 * Weights are normal distributions of their own (assumed-density filtering, as in `bayesianLogistic`); z counts as given.
 */
export function recordsRegression({
  base,
  records,
}: {
  base: Pick<Policy, 'predict'>
  records: Pick<SignalRecords, 'observe' | 'values'>
}): Policy {
  const weights = new Float64Array(recordsSize)
  const evidence = new Float64Array(recordsSize) // Σ p(1 − p)·f²
  const { values } = records
  // What the records that were read last come to, which is the same for every item; −1 where that must be worked out.
  const said = { reads: -1, logit: 0 }

  const recordsSay = (user: number, time: number): number => {
    const reads = records.observe(user, time)
    if (reads === said.reads) return said.logit
    said.reads = reads
    said.logit = 0
    for (let k = 0; k < recordsSize; k++) said.logit += weights[k]! * values[k]!
    return said.logit
  }
  const predict = (user: number, item: number, time: number): number =>
    chanceOf(logitOf(base.predict(user, item, time)) + recordsSay(user, time))
  const varianceOf = (k: number): number => {
    const prior = k < ratesSize ? variances.rates : variances.rest
    return prior / (1 + prior * evidence[k]!)
  }
  return learningRewards<Policy>({
    name: 'logistic-records',
    predict,
    learn(user, item, reward, time) {
      const chance = predict(user, item, time)
      const curvature = chance * (1 - chance)
      let spread = 0
      for (let k = 0; k < recordsSize; k++) spread += varianceOf(k) * values[k]! * values[k]!
      const step = (reward - chance) / (1 + curvature * spread)
      for (let k = 0; k < recordsSize; k++) {
        weights[k]! += varianceOf(k) * values[k]! * step
        evidence[k]! += curvature * values[k]! * values[k]!
      }
      said.reads = -1
    },
    resetUser() {},
    resetItem() {},
    save: () => ({ weights: weights.slice(), evidence: evidence.slice() }),
    restore(arrays) {
      weights.set(arrays['weights'] as Float64Array)
      evidence.set(arrays['evidence'] as Float64Array)
      said.reads = -1
    },
  })
}
