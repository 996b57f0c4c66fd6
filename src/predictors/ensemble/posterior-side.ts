import { symmetricSolver } from '../../state/cholesky.ts'
import type { SavedArrays } from '../../state/saved-arrays.ts'
import { columnSet, doubleColumn, floatColumn, type SlotColumn } from '../../state/slot-column.ts'
import type { Histories } from './histories.ts'
import type { PriorRegression } from './prior-regression.ts'

/** The posteriors of all users, or of all items: mean and covariance of K factors and a bias. */
export interface Side {
  readonly bias: SlotColumn<Float32Array>
  readonly factors: SlotColumn<Float32Array>
  /** κ·Cov(factor, bias), K numbers; then yyᵀ + κ·Cov of the factors, packed; then the bias's variance. */
  readonly moments: SlotColumn<Float32Array>
  readonly count: SlotColumn<Float64Array>
  readonly prior: PriorRegression
  /** Prior variances: K of the factors, then the bias's. */
  readonly variances: Float64Array
  save(slots: number): SavedArrays
  restore(arrays: SavedArrays): void
}

const momentsWidth = (factors: number) => factors + (factors * (factors + 1)) / 2 + 1

export function createSide(factors: number, variance: { bias: number; factor: number }, prior: PriorRegression): Side {
  const columns = {
    bias: floatColumn(),
    factors: floatColumn(factors),
    moments: floatColumn(momentsWidth(factors)),
    count: doubleColumn(),
  }
  const variances = new Float64Array(factors + 1).fill(variance.factor)
  variances[factors] = variance.bias
  const { save, restore } = columnSet(columns)
  return { ...columns, prior, variances, save, restore }
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
}

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
    /** Who holds a slot of the other side now. */
    versionOf: (slot: number) => number
    /** Events after which a slot counts in the prior's regression. */
    joinAt: number
  },
): PosteriorUpdate {
  const { noise, kappa, decay, histories, versionOf } = options
  const dimensions = factors + 1
  const squares = (factors * (factors + 1)) / 2
  const packed = squares + dimensions
  const a = new Float64Array(packed)
  const b = new Float64Array(dimensions)
  const x = new Float64Array(dimensions)
  const prior = new Float64Array(dimensions)
  const { solve } = symmetricSolver(dimensions)

  // The events that count, gathered so that four of them share a pass over the sums; room for three that weigh nothing.
  const rows = new Int32Array(histories.cap + 3)
  const weight = new Float64Array(histories.cap + 3)
  const target = new Float64Array(histories.cap + 3)

  /** The partners of a slot's events, with weights and what is left of the ratings; returns their number. */
  const gather = (other: Side, slot: number, mean: number): number => {
    const { partners, versions, values, width } = histories
    const from = histories.from(slot)
    const to = histories.to(slot)
    const otherBias = other.bias.data
    let count = 0
    for (let e = from; e < to; e++) {
      const partner = partners[e]!
      if (versionOf(partner) !== versions[e]) continue
      const w = decay === 0 ? 1 : 1 / (1 + decay * (to - 1 - e))
      rows[count] = partner
      weight[count] = w
      target[count] = w * (values[e * width]! - mean - otherBias[partner]!)
      count += 1
    }
    rows.fill(0, count, count + 3)
    weight.fill(0, count, count + 3)
    target.fill(0, count, count + 3)
    return count
  }

  /** Sums over the history; a's last row is the bias's. */
  const accumulate = (other: Side, slot: number, mean: number) => {
    const count = gather(other, slot, mean)
    a.fill(0)
    b.fill(0)
    const z = other.factors.data
    const m = other.moments.data
    const stride = other.moments.width
    let weights = 0
    let rest = 0
    for (let e = 0; e < count; e += 4) {
      const w0 = weight[e]!
      const w1 = weight[e + 1]!
      const w2 = weight[e + 2]!
      const w3 = weight[e + 3]!
      const t0 = target[e]!
      const t1 = target[e + 1]!
      const t2 = target[e + 2]!
      const t3 = target[e + 3]!
      weights += w0 + w1 + w2 + w3
      rest += t0 + t1 + t2 + t3
      let z0 = rows[e]! * factors
      let z1 = rows[e + 1]! * factors
      let z2 = rows[e + 2]! * factors
      let z3 = rows[e + 3]! * factors
      let m0 = rows[e]! * stride
      let m1 = rows[e + 1]! * stride
      let m2 = rows[e + 2]! * stride
      let m3 = rows[e + 3]! * stride
      for (let k = 0; k < factors; k++) {
        const y0 = z[z0++]!
        const y1 = z[z1++]!
        const y2 = z[z2++]!
        const y3 = z[z3++]!
        a[squares + k]! += w0 * y0 + w1 * y1 + w2 * y2 + w3 * y3
        b[k]! += t0 * y0 + t1 * y1 + t2 * y2 + t3 * y3 - w0 * m[m0++]! - w1 * m[m1++]! - w2 * m[m2++]! - w3 * m[m3++]!
      }
      for (let k = 0; k < squares; k++) a[k]! += w0 * m[m0++]! + w1 * m[m1++]! + w2 * m[m2++]! + w3 * m[m3++]!
    }
    a[packed - 1] = weights
    b[factors] = rest
  }

  return {
    update(own, other, slot, mean) {
      accumulate(other, slot, mean)
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
