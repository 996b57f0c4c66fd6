import { symmetricSolver } from '../../state/cholesky.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { columnSet, doubleColumn, floatColumn, type SlotColumn } from '../../state/slot-column.ts'
import type { Histories } from './histories.ts'
import { type PosteriorSums, posteriorSums } from './posterior-sums.ts'
import type { PriorRegression } from './prior-regression.ts'

/** The posteriors of all users, or of all items: mean and covariance of K factors and a bias. */
export interface Side {
  readonly bias: SlotColumn<Float32Array>
  readonly factors: SlotColumn<Float32Array>
  /** κ·Cov(factor, bias), K numbers; then yyᵀ + κ·Cov of the factors, packed; then the bias's variance. */
  readonly moments: SlotColumn<Float32Array>
  readonly count: SlotColumn<Float64Array>
  readonly prior: PriorRegression
  /** What learners of other users know of each slot, beside its events here: packed as by `evidence`; null where there are none. */
  others: SlotColumn<Float64Array> | null
  /** Sums over events with this side. */
  readonly sums: Omit<PosteriorSums, 'columns'>
  /** Prior variances: K of the factors, then the bias's. */
  readonly variances: Float64Array
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const momentsWidth = (factors: number) => factors + (factors * (factors + 1)) / 2 + 1

/** `events`: how many of the other side's may lie behind a posterior. */
export function createSide(
  factors: number,
  variance: { bias: number; factor: number },
  prior: PriorRegression,
  events: number,
): Side {
  const sums = posteriorSums(factors, momentsWidth(factors), events)
  const columns = { bias: floatColumn(), ...sums.columns, count: doubleColumn() }
  const variances = new Float64Array(factors + 1).fill(variance.factor)
  variances[factors] = variance.bias
  const { save, restore } = columnSet(columns)
  return { ...columns, sums, prior, others: null, variances, save, restore }
}

/** Write a posterior without events: mean `x` (K factors, bias), prior variances, `factorShare` of them for the factors. */
export function writePrior(side: Side, slot: number, x: Float64Array, kappa: number, factorShare: number): void {
  const factors = side.factors.width
  const moments = side.moments.data
  let at = slot * side.moments.width
  for (let k = 0; k < factors; k++) moments[at++] = 0
  for (let r = 0; r < factors; r++) {
    side.factors.data[slot * factors + r] = x[r]!
    for (let c = 0; c < r; c++) moments[at++] = x[r]! * x[c]!
    moments[at++] = x[r]! * x[r]! + kappa * factorShare * side.variances[r]!
  }
  side.bias.data[slot] = x[factors]!
  moments[at] = side.variances[factors]!
}

export interface PosteriorUpdate {
  /** Recompute a slot's posterior from its history; `own.count` must be right. */
  update(own: Side, other: Side, slot: number, mean: number): void
  /** What a slot's events say by themselves, before any prior: A packed, then b. What several learners say adds up. */
  evidence(other: Side, slot: number, mean: number, into: Float64Array): void
}

/** Numbers of one slot's evidence. */
export const evidenceWidth = (factors: number) => ((factors + 1) * (factors + 2)) / 2 + factors + 1

/**
 * The mean-field posterior of one user or item given the other side's (Lim and Teh, 2007, Variational Bayesian Approach
 * to Movie Rating Prediction, eqs. 12–15), with a bias as the last dimension, ratings that weigh less as later ones
 * follow, and the other side's covariance damped by κ.
 *
 * A = Σ w(zzᵀ + κ·Cov) + σ²/prior, b = Σ w(z·t − κ·Cov(·, bias)) + σ²·m/prior, mean A⁻¹b, covariance σ²A⁻¹.
 */
export function posteriorUpdate(
  factors: number,
  options: {
    noise: number
    kappa: number
    /** Weight lost per later event: w = 1 / (1 + decay · later). */
    decay: number
    histories: Histories
    /** Who holds each slot of the other side now. */
    versionsOf: () => Int32Array
    /** Events after which a slot counts in the prior's regression. */
    joinAt: number
  },
): PosteriorUpdate {
  const { noise, kappa, decay, histories, versionsOf } = options
  const dimensions = factors + 1
  const squares = (factors * (factors + 1)) / 2
  const packed = squares + dimensions
  const x = new Float64Array(dimensions)
  const prior = new Float64Array(dimensions)
  const { solve } = symmetricSolver(dimensions)
  const shares = Float64Array.from({ length: histories.cap }, (_, later) => (decay === 0 ? 1 : 1 / (1 + decay * later)))

  /** The partners of a slot's events, with weights and what is left of the ratings; returns their number. */
  const gather = (other: Side, slot: number, mean: number): number => {
    // Whoever is on disk is read by this, for which arrays may be replaced.
    const from = histories.from(slot)
    const to = histories.to(slot)
    const { partners, versions, values, width } = histories
    const { slots, weighed } = other.sums
    const versionsNow = versionsOf()
    const otherBias = other.bias.data
    let count = 0
    for (let e = from; e < to; e++) {
      const partner = partners[e]!
      if (versionsNow[partner] !== versions[e]) continue
      const w = shares[to - 1 - e]!
      slots[count] = partner
      weighed[2 * count] = w
      weighed[2 * count + 1] = w * (values[e * width]! - mean - otherBias[partner]!)
      count += 1
    }
    return count
  }

  return {
    evidence(other, slot, mean, into) {
      other.sums.sum(gather(other, slot, mean))
      for (let k = 0; k < packed; k++) into[k] = other.sums.a[k]!
      for (let k = 0; k < dimensions; k++) into[packed + k] = other.sums.b[k]!
    },
    update(own, other, slot, mean) {
      other.sums.sum(gather(other, slot, mean))
      const { a, b } = other.sums
      if (own.others !== null) {
        const { data, width } = own.others
        for (let k = 0; k < packed; k++) a[k]! += data[slot * width + k]!
        for (let k = 0; k < dimensions; k++) b[k]! += data[slot * width + packed + k]!
      }
      own.prior.mean(slot, prior)
      for (let k = 0; k < dimensions; k++) {
        const precision = noise / own.variances[k]!
        a[(k * (k + 1)) / 2 + k]! += precision
        b[k]! += precision * prior[k]!
      }
      solve(a, b, x)
      const ownFactors = own.factors.data
      const moments = own.moments.data
      let at = slot * own.moments.width
      const spread = kappa * noise
      // How far the mean moves, as it is stored: `prior` is free by now.
      const difference = prior
      for (let k = 0; k < factors; k++) {
        const old = ownFactors[slot * factors + k]!
        ownFactors[slot * factors + k] = x[k]!
        x[k] = ownFactors[slot * factors + k]!
        difference[k] = x[k]! - old
        moments[at++] = spread * a[squares + k]!
      }
      for (let r = 0, k = 0; r < factors; r++) {
        for (let c = 0; c <= r; c++, k++) moments[at++] = x[r]! * x[c]! + spread * a[k]!
      }
      moments[at] = noise * a[packed - 1]!
      const oldBias = own.bias.data[slot]!
      own.bias.data[slot] = x[factors]!
      x[factors] = own.bias.data[slot]!
      difference[factors] = x[factors]! - oldBias
      if (own.prior.joined(slot)) own.prior.moved(slot, difference)
      else if (own.count.data[slot]! >= options.joinAt) own.prior.join(slot, x)
    },
  }
}
