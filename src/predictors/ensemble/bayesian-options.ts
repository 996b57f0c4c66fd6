/** How the Bayesian factorisation learns. */
export interface BayesianOptions {
  factors: number
  seed: number
  /** Events remembered of each user and item, and of all. */
  history: number
  past: number
  /** Refreshes after each event: an earlier item of the user, then user and item of a past event, in turn. */
  refreshes: number
  /** The constants below are on the scale of 1 to 5, on which all of this is computed. */
  biasVariance: number
  factorVariance: number
  noise: number
  kappa: number
  /** Weight that a user's rating loses per later one. */
  decay: number
  /** Weight of the side features' regression to zero, and events between two fits. */
  ridge: number
  fitEvery: number
}

/** What is not given. */
export const bayesianDefaults = {
  history: 200,
  past: 131_072,
  refreshes: 2,
  biasVariance: 0.2,
  factorVariance: 0.15,
  noise: 0.8,
  kappa: 0.6,
  decay: 0.01,
  ridge: 10,
  fitEvery: 1_000,
}
