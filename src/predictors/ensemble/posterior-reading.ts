import { decompose } from '../../state/cholesky.ts'
import type { Random } from '../../state/random.ts'
import type { Side } from './posterior-side.ts'

/** Posterior mean of a slot: K factors, then the bias. */
export function meanOf(side: Side, slot: number, into: Float64Array): Float64Array {
  const factors = side.factors.width
  for (let k = 0; k < factors; k++) into[k] = side.factors.data[slot * factors + k]!
  into[factors] = side.bias.data[slot]!
  return into
}

/** Cov(r, c) of a slot's factors, r ≥ c. */
function covariance(side: Side, slot: number, kappa: number, r: number, c: number): number {
  const factors = side.factors.width
  const y = side.factors.data
  const moment = side.moments.data[slot * side.moments.width + factors + (r * (r + 1)) / 2 + c]!
  return (moment - y[slot * factors + r]! * y[slot * factors + c]!) / kappa
}

/** Var(x₀ + y₀ + x·y) for independent x and y. */
export function pairVariance(user: Side, u: number, item: Side, i: number, kappa: number): number {
  const factors = user.factors.width
  const [x, y] = [user.factors.data, item.factors.data]
  const [ofX, ofY] = [user.moments.data, item.moments.data]
  const { width } = user.moments
  const [fromX, fromY, endX, endY] = [u * factors, i * factors, (u + 1) * width, (i + 1) * width]
  let sum = ofX[endX - 1]!
  for (let k = 0; k < factors; k++) sum += (2 * ofX[endX - width + k]! * y[fromY + k]!) / kappa
  sum += ofY[endY - 1]!
  for (let k = 0; k < factors; k++) sum += (2 * ofY[endY - width + k]! * x[fromX + k]!) / kappa
  let [atX, atY] = [endX - width + factors, endY - width + factors]
  for (let r = 0; r < factors; r++) {
    for (let c = 0; c <= r; c++) {
      const twice = r === c ? 1 : 2
      const squareX = x[fromX + r]! * x[fromX + c]!
      const squareY = y[fromY + r]! * y[fromY + c]!
      const varianceX = (ofX[atX++]! - squareX) / kappa
      const varianceY = (ofY[atY++]! - squareY) / kappa
      sum += twice * (varianceX * squareY + varianceY * squareX + varianceX * varianceY)
    }
  }
  return Math.max(0, sum)
}

/** Var(y₀ + x·y) for a given taste x. */
export function itemVariance(item: Side, slot: number, taste: Float64Array, kappa: number): number {
  const factors = item.factors.width
  const { data, width } = item.moments
  let sum = data[(slot + 1) * width - 1]!
  for (let r = 0; r < factors; r++) {
    sum += (2 * data[slot * width + r]! * taste[r]!) / kappa
    for (let c = 0; c <= r; c++) {
      sum += (r === c ? 1 : 2) * covariance(item, slot, kappa, r, c) * taste[r]! * taste[c]!
    }
  }
  return Math.max(0, sum)
}

/** A slot's posterior: means and covariances of K factors and the bias, which is last. */
export interface Posterior {
  mean: Float64Array
  covariance: Float64Array[]
}

export function posteriorOf(side: Side, slot: number, kappa: number): Posterior {
  const factors = side.factors.width
  const covariances = Array.from({ length: factors + 1 }, () => new Float64Array(factors + 1))
  const set = (r: number, c: number, value: number) => {
    covariances[r]![c] = value
    covariances[c]![r] = value
  }
  for (let r = 0; r < factors; r++) {
    for (let c = 0; c <= r; c++) set(r, c, covariance(side, slot, kappa, r, c))
    set(factors, r, side.moments.data[slot * side.moments.width + r]! / kappa)
  }
  set(factors, factors, side.moments.data[(slot + 1) * side.moments.width - 1]!)
  return { mean: meanOf(side, slot, new Float64Array(factors + 1)), covariance: covariances }
}

/** K factors and a bias drawn from a posterior. */
export function drawFrom({ mean, covariance }: Posterior, random: Random): Float64Array {
  const packed = Float64Array.from(covariance.flatMap((row, r) => [...row.subarray(0, r + 1)]))
  const lower = new Float64Array(packed.length)
  decompose(packed, lower, mean.length)
  const normals = mean.map(() => random.normal())
  return mean.map((value, r) => {
    let sum = value
    for (let c = 0; c <= r; c++) sum += lower[(r * (r + 1)) / 2 + c]! * normals[c]!
    return sum
  })
}
