import type { SavedArrays } from '../../model/saved-arrays.ts'
import { keyTable } from './key-table.ts'

/**
 * Logistic regression over sparse features, one pass: each weight is a normal distribution of its own, whose variance
 * says how far an event moves it (assumed-density filtering with a diagonal covariance; Graepel and others, "Web-scale
 * Bayesian click-through rate prediction", ICML 2010, here with the logistic link and Laplace's approximation).
 *
 *     model.begin()
 *     model.add(keyOf(0, userHash, 0), 1, 0, 0.05)   // a weight that is 0 ± √.05 to begin with
 *     model.add(keyOf(1, itemHash, 0), 1, 0, 0.02)
 *     const p = model.predict()
 *     model.learn(1)
 *
 * A weight's precision is 1/prior + Σ p(1 − p)·x², so rates fall by what was seen of the feature, not by a schedule.
 */
export interface BayesianLogistic {
  /** Start a row. */
  begin(): void
  /** Add a feature: its key, its value, the mean and variance of its weight before anything is learned. */
  add(key: number, value: number, mean: number, variance: number): void
  /** The chance that the reward is 1, by the row as it stands. */
  predict(): number
  /** Learn the row's reward, in [0, 1]; `predict` must have been called. */
  learn(reward: number): void
  /** Mean and variance of a weight, for a look inside; what it began with where nothing was learned. */
  weight(key: number, mean: number, variance: number): { mean: number; variance: number }
  /** Weights held. */
  readonly held: number
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/** `rowLength` is the most features of a row, `capacity` the most weights; those with the least evidence give way. */
export function bayesianLogistic(options: { capacity: number; rowLength: number }): BayesianLogistic {
  // First: how far the mean lies from where it began. Second: Σ p(1 − p)·x².
  const table = keyTable(options)
  const keys = new Int32Array(options.rowLength)
  const places = new Int32Array(options.rowLength)
  const values = new Float64Array(options.rowLength)
  const means = new Float64Array(options.rowLength)
  const priors = new Float64Array(options.rowLength)
  const variances = new Float64Array(options.rowLength)
  let length = 0
  let chance = 0.5

  return {
    begin() {
      length = 0
    },
    add(key, value, mean, variance) {
      keys[length] = key
      values[length] = value
      means[length] = mean
      priors[length] = variance
      length += 1
    },
    predict() {
      let sum = 0
      for (let j = 0; j < length; j++) {
        const at = table.find(keys[j]!)
        places[j] = at
        const prior = priors[j]!
        if (at < 0) {
          variances[j] = prior
          sum += means[j]! * values[j]!
        } else {
          variances[j] = prior / (1 + prior * table.second[at]!)
          sum += (means[j]! + table.first[at]!) * values[j]!
        }
      }
      chance = 1 / (1 + Math.exp(-sum))
      return chance
    },
    learn(reward) {
      const curvature = chance * (1 - chance)
      let spread = 0
      for (let j = 0; j < length; j++) spread += variances[j]! * values[j]! * values[j]!
      // All weights share the error; without the denominator a row of many unsure weights would overshoot.
      const step = (reward - chance) / (1 + curvature * spread)
      for (let j = 0; j < length; j++) {
        let at = places[j]!
        if (at < 0 || table.keys[at] !== keys[j]) at = table.admit(keys[j]!)
        const value = values[j]!
        table.first[at]! += variances[j]! * value * step
        table.second[at]! += curvature * value * value
      }
    },
    weight(key, mean, variance) {
      const at = table.find(key)
      if (at < 0) return { mean, variance }
      return { mean: mean + table.first[at]!, variance: variance / (1 + variance * table.second[at]!) }
    },
    get held() {
      return table.held
    },
    save: () => table.save(),
    restore: arrays => table.restore(arrays),
  }
}
