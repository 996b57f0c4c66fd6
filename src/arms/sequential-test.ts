/** What is known of the users of one arm: how many there are, the mean of what each brought, and its sample variance. */
export interface ArmSample {
  n: number
  mean: number
  variance: number
}

interface SequentialOptions {
  /** Chance that the interval ever excludes the truth, however often one looks (default .05). */
  alpha?: number
  /** Users of both arms together at which the interval is tightest (default 2,000); it holds at every other number too. */
  tuneFor?: number
}

export interface Difference {
  /** Mean of the first less mean of the second. */
  estimate: number
  /** −∞ and ∞ while an arm has fewer than `leastUsers`. */
  low: number
  high: number
  /** Always-valid: it falls to α or below at some look in at most a share α of experiments without a difference. */
  p: number
}

/** Below this many users of an arm nothing is concluded: the guarantee is asymptotic in the number at the first look. */
export const leastUsers = 50

/**
 * The difference of two means with an interval that may be looked at after every user.
 *
 *     differenceInterval({ n: 900, mean: 4.2, variance: 9 }, { n: 880, mean: 3.6, variance: 8 }, { alpha: 0.05 })
 *     // { estimate: 0.6, low: 0.18, high: 1.02, p: 0.0007 }
 *
 * An asymptotic confidence sequence (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform central limit theory
 * and asymptotic confidence sequences", Annals of Statistics 2024, theorem 2.2: Robbins' normal mixture with the
 * estimated variance). The unit is a user, and users are independent: many events of one user are one number. With v
 * the squared standard error of the difference, its score process is a Brownian motion in 1/v at whatever ratio the arms
 * grow, so the bound for one mean holds for the difference with v in place of σ²/t.
 *
 * Where one may look only once, the usual interval is about a third narrower; that is the price of looking at any time.
 */
export function differenceInterval(a: ArmSample, b: ArmSample, options: SequentialOptions = {}): Difference {
  const { alpha = 0.05, tuneFor = 2000 } = options
  const estimate = a.mean - b.mean
  const error = a.variance / a.n + b.variance / b.n
  if (!(Math.min(a.n, b.n) >= leastUsers && error > 0)) return { estimate, low: -Infinity, high: Infinity, p: 1 }
  const mixture = mixtureVariance(alpha, (2 * (a.variance + b.variance)) / tuneFor)
  const reach = radius(alpha, error, mixture)
  return { estimate, low: estimate - reach, high: estimate + reach, p: alwaysValid(estimate, error, mixture) }
}

/**
 * A mean with an interval that may be looked at after every user.
 *
 *     meanInterval({ n: 900, mean: 4.2, variance: 9 })   // { estimate: 4.2, low: 3.9, high: 4.5 }
 */
export function meanInterval(a: ArmSample, options: SequentialOptions = {}): Omit<Difference, 'p'> {
  const { alpha = 0.05, tuneFor = 2000 } = options
  const error = a.variance / a.n
  if (!(a.n >= leastUsers && error > 0)) return { estimate: a.mean, low: -Infinity, high: Infinity }
  const reach = radius(alpha, error, mixtureVariance(alpha, (2 * a.variance) / tuneFor))
  return { estimate: a.mean, low: a.mean - reach, high: a.mean + reach }
}

/** The variance of the mixing normal that makes the interval tightest at this squared standard error (their appendix B.2). */
function mixtureVariance(alpha: number, error: number): number {
  const doubt = -2 * Math.log(alpha)
  return (doubt + Math.log(doubt) + 1) * error
}

/** How far from the estimate the mixture of likelihood ratios reaches 1/α. */
function radius(alpha: number, error: number, mixture: number): number {
  return Math.sqrt(((error * (error + mixture)) / mixture) * Math.log((error + mixture) / (error * alpha ** 2)))
}

/** One over the mixture of likelihood ratios against "no difference", at most 1. */
function alwaysValid(estimate: number, error: number, mixture: number): number {
  const evidence = (estimate ** 2 * mixture) / (2 * error * (error + mixture)) - Math.log((error + mixture) / error) / 2
  return Math.min(1, Math.exp(-evidence))
}
