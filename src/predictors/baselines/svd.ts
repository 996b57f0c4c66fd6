import type { SavedArrays } from '../../state/saved-arrays.ts'
import { type Biases, biasEstimate, restoreBiases, saveBiases } from './baseline-only.ts'
import type { BatchMethod, Model } from './batch-policy.ts'
import { type NumpyRandom, numpyRandom } from './mersenne-twister.ts'
import type { Trainset } from './trainset.ts'

/** `factors` numbers for each user and each item, row by row. */
export interface Factors {
  readonly user: Float64Array
  readonly item: Float64Array
}

const svdDefaults = { factors: 100, epochs: 20, rate: 0.005, regularisation: 0.02, spread: 0.1 }

/**
 * μ + b_u + b_i + q_i · p_u by stochastic gradient descent, ratings taken user by user ("SVD" of scikit-surprise).
 *
 * Ricci et al., Recommender Systems Handbook, §5.3.1. First factors are normal with deviation `spread`.
 */
export function svd({ seed, ...given }: { seed: number } & Partial<typeof svdDefaults>): BatchMethod {
  const options = { ...svdDefaults, ...given }
  return {
    name: 'svd',
    *train(set) {
      const random = numpyRandom(seed)
      const start = {
        user: normals(random, set.users * options.factors, options.spread),
        item: normals(random, set.items * options.factors, options.spread),
      }
      return factorModel(yield* descend(set, start, options))
    },
    restore: restoreFactorModel,
  }
}

export interface FactorWeights {
  biases: Biases
  factors: Factors
}

/** Trains `start` in place. */
function* descend(set: Trainset, start: Factors, options = svdDefaults): Generator<number, FactorWeights> {
  const biases = { mean: set.mean, user: new Float64Array(set.users), item: new Float64Array(set.items) }
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    pass(set, biases, start, options)
    yield (epoch + 1) / options.epochs
  }
  return { biases, factors: start }
}

function pass(set: Trainset, biases: Biases, { user: p, item: q }: Factors, options: typeof svdDefaults) {
  const { factors, rate, regularisation } = options
  const { start, other, rating } = set.byUser
  for (let u = 0; u < set.users; u++) {
    const a = u * factors
    for (let k = start[u]!; k < start[u + 1]!; k++) {
      const i = other[k]!
      const b = i * factors
      const error = rating[k]! - biasEstimate(biases, u, i) - dot(p, a, q, b, factors)
      biases.user[u]! += rate * (error - regularisation * biases.user[u]!)
      biases.item[i]! += rate * (error - regularisation * biases.item[i]!)
      for (let f = 0; f < factors; f++) {
        const pf = p[a + f]!
        const qf = q[b + f]!
        p[a + f] = pf + rate * (error * qf - regularisation * pf)
        q[b + f] = qf + rate * (error * pf - regularisation * qf)
      }
    }
  }
}

/** Biases for what is known, the product where both are. */
export function factorModel({ biases, factors }: FactorWeights): Model {
  const { user, item } = factors
  const width = user.length / biases.user.length
  return {
    estimate: (u, i) =>
      biasEstimate(biases, u, i) + (u < 0 || i < 0 ? 0 : dot(user, u * width, item, i * width, width)),
    save: () => ({ ...saveBiases(biases), userFactors: user, itemFactors: item }),
  }
}

/** The model whose `save` these arrays are. */
export const restoreFactorModel = (arrays: SavedArrays): Model =>
  factorModel({
    biases: restoreBiases(arrays),
    factors: { user: arrays['userFactors'] as Float64Array, item: arrays['itemFactors'] as Float64Array },
  })

export function dot(p: Float64Array, a: number, q: Float64Array, b: number, width: number): number {
  let sum = 0
  for (let f = 0; f < width; f++) sum += p[a + f]! * q[b + f]!
  return sum
}

export function normals(random: NumpyRandom, length: number, spread: number): Float64Array {
  return Float64Array.from({ length }, () => spread * random.normal())
}
