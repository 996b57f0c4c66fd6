import { type Biases, biasEstimate } from './baseline-only.ts'
import type { BatchMethod } from './batch-policy.ts'
import { numpyRandom } from './mersenne-twister.ts'
import { dot, type Factors, type FactorWeights, factorModel, normals, restoreFactorModel } from './svd.ts'
import type { Trainset } from './trainset.ts'

/** Besides the factors of SVD, those that an item lends to whoever rated it: y_j, as many for each item. */
export interface ImplicitFactors extends Factors {
  readonly implicit: Float64Array
}

const svdPlusPlusDefaults = { factors: 20, epochs: 20, rate: 0.007, regularisation: 0.02, spread: 0.1 }

/**
 * μ + b_u + b_i + q_i · (p_u + |I_u|^−½ Σ_{j ∈ I_u} y_j), as scikit-surprise has it.
 *
 * Koren, Factorization Meets the Neighborhood, 2008, §4.
 */
export function svdPlusPlus({ seed, ...given }: { seed: number } & Partial<typeof svdPlusPlusDefaults>): BatchMethod {
  const options = { ...svdPlusPlusDefaults, ...given }
  return {
    name: 'svd++',
    *train(set) {
      const random = numpyRandom(seed)
      const start = {
        user: normals(random, set.users * options.factors, options.spread),
        item: normals(random, set.items * options.factors, options.spread),
        implicit: normals(random, set.items * options.factors, options.spread),
      }
      return factorModel(yield* descendImplicit(set, start, options))
    },
    restore: restoreFactorModel,
  }
}

/** Trains `start` in place; the user factors that it returns have the share of the rated items in them. */
export function* descendImplicit(
  set: Trainset,
  start: ImplicitFactors,
  options = svdPlusPlusDefaults,
): Generator<number, FactorWeights> {
  const biases = { mean: set.mean, user: new Float64Array(set.users), item: new Float64Array(set.items) }
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    pass(set, biases, start, options)
    yield (epoch + 1) / options.epochs
  }
  const user = start.user.slice()
  const sum = new Float64Array(options.factors)
  for (let u = 0; u < set.users; u++) {
    sumImplicit(set, u, start.implicit, sum)
    const norm = 1 / Math.sqrt(set.byUser.start[u + 1]! - set.byUser.start[u]!)
    for (let f = 0; f < options.factors; f++) user[u * options.factors + f]! += norm * sum[f]!
  }
  return { biases, factors: { user, item: start.item } }
}

/**
 * One pass over all ratings. As defined, every rating moves the y of everything its user rated: n² steps for n ratings.
 * But all y of a user move alike, y ← keep · y + d, so that their sum and one scale and shift for all of them are enough
 * until the next user's turn; the result is the same.
 */
function pass(
  set: Trainset,
  biases: Biases,
  { user: p, item: q, implicit: y }: ImplicitFactors,
  options: typeof svdPlusPlusDefaults,
) {
  const { factors, rate, regularisation } = options
  const { start, other, rating } = set.byUser
  const keep = 1 - rate * regularisation
  const sum = new Float64Array(factors) // Σ y_j
  const shift = new Float64Array(factors)
  for (let u = 0; u < set.users; u++) {
    const a = u * factors
    const [from, to] = [start[u]!, start[u + 1]!]
    const count = to - from
    const norm = 1 / Math.sqrt(count)
    sumImplicit(set, u, y, sum)
    shift.fill(0)
    for (let k = from; k < to; k++) {
      const i = other[k]!
      const b = i * factors
      const product = dot(p, a, q, b, factors) + norm * dot(sum, 0, q, b, factors)
      const error = rating[k]! - biasEstimate(biases, u, i) - product
      biases.user[u]! += rate * (error - regularisation * biases.user[u]!)
      biases.item[i]! += rate * (error - regularisation * biases.item[i]!)
      for (let f = 0; f < factors; f++) {
        const pf = p[a + f]!
        const qf = q[b + f]!
        p[a + f] = pf + rate * (error * qf - regularisation * pf)
        q[b + f] = qf + rate * (error * (pf + norm * sum[f]!) - regularisation * qf)
        const step = rate * norm * error * qf
        sum[f] = keep * sum[f]! + count * step
        shift[f] = keep * shift[f]! + step
      }
    }
    const scale = keep ** count
    for (let k = from; k < to; k++)
      for (let f = 0, c = other[k]! * factors; f < factors; f++) y[c + f] = scale * y[c + f]! + shift[f]!
  }
}

function sumImplicit({ byUser }: Trainset, u: number, y: Float64Array, sum: Float64Array) {
  sum.fill(0)
  for (let k = byUser.start[u]!; k < byUser.start[u + 1]!; k++)
    for (let f = 0, c = byUser.other[k]! * sum.length; f < sum.length; f++) sum[f]! += y[c + f]!
}
