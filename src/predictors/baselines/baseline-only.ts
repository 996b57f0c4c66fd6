import type { SavedArrays } from '../../state/saved-arrays.ts'
import type { BatchMethod, Model } from './batch-policy.ts'
import type { Trainset } from './trainset.ts'

export interface Biases {
  readonly mean: number
  readonly user: Float64Array
  readonly item: Float64Array
}

const alsDefaults = { epochs: 10, userRegularisation: 15, itemRegularisation: 10 }

/**
 * μ + b_u + b_i by alternating least squares: biases of all items given those of users, then the other way round.
 *
 * Koren, Factor in the Neighbors, 2010, §2.1; settings as scikit-surprise has them.
 */
export function alsBiases({ mean, byUser, byItem, users, items }: Trainset, options = alsDefaults): Biases {
  const user = new Float64Array(users)
  const item = new Float64Array(items)
  const solve = (own: Float64Array, other: Float64Array, groups: Trainset['byUser'], regularisation: number) => {
    for (let g = 0; g < own.length; g++) {
      const [from, to] = [groups.start[g]!, groups.start[g + 1]!]
      let deviation = 0
      for (let k = from; k < to; k++) deviation += groups.rating[k]! - mean - other[groups.other[k]!]!
      own[g] = deviation / (regularisation + to - from)
    }
  }
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    solve(item, user, byItem, options.itemRegularisation)
    solve(user, item, byUser, options.userRegularisation)
  }
  return { mean, user, item }
}

/** A side that is not known adds nothing. */
export const biasEstimate = ({ mean, user, item }: Biases, u: number, i: number): number =>
  mean + (u < 0 ? 0 : user[u]!) + (i < 0 ? 0 : item[i]!)

export const saveBiases = ({ mean, user, item }: Biases): SavedArrays => ({
  mean: Float64Array.of(mean),
  userBias: user,
  itemBias: item,
})

export const restoreBiases = (arrays: SavedArrays): Biases => ({
  mean: arrays['mean']![0]!,
  user: arrays['userBias'] as Float64Array,
  item: arrays['itemBias'] as Float64Array,
})

/** BaselineOnly of scikit-surprise: the biases alone. */
export function baselineOnly(options = alsDefaults): BatchMethod {
  const modelOf = (biases: Biases): Model => ({
    estimate: (u, i) => biasEstimate(biases, u, i),
    save: () => saveBiases(biases),
  })
  return {
    name: 'baseline-only',
    *train(set) {
      const biases = alsBiases(set, options)
      yield 1
      return modelOf(biases)
    },
    restore: arrays => modelOf(restoreBiases(arrays)),
  }
}
