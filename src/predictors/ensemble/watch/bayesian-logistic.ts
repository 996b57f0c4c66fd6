import type { SavedArrays } from '../../../state/saved-arrays.ts'
import { type KeyTable, keyTable } from './key-table.ts'

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
 *     model.next()           // a row that has the first feature of the last one …
 *     model.repeat(0, 1)     // … whose weight is not looked up again; nothing may have been learned in between
 *
 * A weight's precision is 1/prior + Σ p(1 − p)·x², so rates fall by what was seen of the feature, not by a schedule.
 */
export interface BayesianLogistic {
  /** Forget all features and start a row. */
  begin(): void
  /** Start a row and remember the features of those before it. */
  next(): void
  /** Add a feature: its key, its value, the mean and variance of its weight before anything is learned. */
  add(key: number, value: number, mean: number, variance: number): void
  /** Features added since `begin`. */
  readonly length: number
  /** Put features `from` to `to` − 1, by the order in which they were added, into this row too. */
  repeat(from: number, to: number): void
  /** The weight of feature `from` with another value, in this row. */
  addAlike(from: number, value: number): void
  /** The chance that the reward is 1, by the row as it stands. */
  predict(): number
  /** Learn the row's reward, in [0, 1]; `predict` must have been called. */
  learn(reward: number): void
  /** Mean and variance of a weight, for a look inside; what it began with where nothing was learned. */
  weight(key: number, mean: number, variance: number): { mean: number; variance: number }
  /** Weights held. */
  readonly held: number
  /** How far means lie from where they began, and evidence, by key. */
  readonly table: KeyTable
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

/**
 * `rowLength` is the most features of a row, `features` the most that are remembered between rows, `capacity` the most
 * weights; those with the least evidence give way.
 */
export function bayesianLogistic(options: {
  capacity: number
  rowLength: number
  features?: number
  /** Told of each weight before it is changed, with its variance before anything was learned. */
  onWeight?: ((key: number, prior: number) => void) | undefined
}): BayesianLogistic {
  const { rowLength, features = rowLength, onWeight } = options
  // First: how far the mean lies from where it began. Second: Σ p(1 − p)·x².
  const table = keyTable(options)
  const keys = new Int32Array(features)
  const places = new Int32Array(features)
  const values = new Float64Array(features)
  const priors = new Float64Array(features)
  const weights = new Float64Array(features)
  const terms = new Float64Array(features) // what each adds to the logit
  let length = 0
  const row = new Int32Array(rowLength) // numbers of features
  const variances = new Float64Array(rowLength)
  let inRow = 0
  let sum = 0
  let chance = 0.5

  const put = (key: number, at: number, value: number, weight: number, prior: number) => {
    keys[length] = key
    places[length] = at
    values[length] = value
    weights[length] = weight
    priors[length] = prior
    terms[length] = weight * value
    sum += terms[length]!
    row[inRow++] = length++
  }
  const varianceAt = (at: number, prior: number) => (at < 0 ? prior : prior / (1 + prior * table.values[2 * at + 1]!))

  return {
    begin() {
      length = 0
      inRow = 0
      sum = 0
    },
    next() {
      inRow = 0
      sum = 0
    },
    get length() {
      return length
    },
    add(key, value, mean, variance) {
      const at = table.find(key)
      put(key, at, value, at < 0 ? mean : mean + table.values[2 * at]!, variance)
    },
    addAlike(from, value) {
      put(keys[from]!, places[from]!, value, weights[from]!, priors[from]!)
    },
    repeat(from, to) {
      for (let j = from; j < to; j++) {
        row[inRow++] = j
        sum += terms[j]!
      }
    },
    predict() {
      chance = 1 / (1 + Math.exp(-sum))
      return chance
    },
    learn(reward) {
      const curvature = chance * (1 - chance)
      let spread = 0
      for (let n = 0; n < inRow; n++) {
        const j = row[n]!
        const variance = varianceAt(places[j]!, priors[j]!)
        variances[n] = variance
        spread += variance * values[j]! * values[j]!
      }
      // All weights share the error; without the denominator a row of many unsure weights would overshoot.
      const step = (reward - chance) / (1 + curvature * spread)
      for (let n = 0; n < inRow; n++) {
        const j = row[n]!
        onWeight?.(keys[j]!, priors[j]!)
        let at = places[j]!
        if (at < 0 || table.keys[at] !== keys[j]) at = table.admit(keys[j]!)
        const value = values[j]!
        table.values[2 * at]! += variances[n]! * value * step
        table.values[2 * at + 1]! += curvature * value * value
      }
    },
    weight(key, mean, variance) {
      const at = table.find(key)
      return { mean: at < 0 ? mean : mean + table.values[2 * at]!, variance: varianceAt(at, variance) }
    },
    get held() {
      return table.held
    },
    table,
    save: () => table.save(),
    restore: arrays => table.restore(arrays),
  }
}
