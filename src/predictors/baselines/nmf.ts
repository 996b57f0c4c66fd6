import type { BatchMethod, Model } from './batch-policy.ts'
import { type NumpyRandom, numpyRandom } from './mersenne-twister.ts'
import { dot, type Factors } from './svd.ts'
import type { Grouped, Trainset } from './trainset.ts'

const nmfDefaults = { factors: 15, epochs: 50, userRegularisation: 0.06, itemRegularisation: 0.06 }

/**
 * q_i · p_u with factors that stay positive, each multiplied by what the ratings ask for over what the estimates give, as
 * scikit-surprise has it. First factors are uniform in [0, 1).
 *
 * Luo et al., An Efficient Non-Negative Matrix-Factorization-Based Approach to Collaborative Filtering, 2014.
 */
export function nmf({ seed, ...given }: { seed: number } & Partial<typeof nmfDefaults>): BatchMethod {
  const options = { ...nmfDefaults, ...given }
  return {
    name: 'nmf',
    *train(set) {
      const random = numpyRandom(seed)
      const start = {
        user: uniforms(random, set.users * options.factors),
        item: uniforms(random, set.items * options.factors),
      }
      return modelOf(set.mean, yield* multiply(set, start, options), options.factors)
    },
    restore: arrays =>
      modelOf(
        arrays['mean']![0]!,
        { user: arrays['userFactors'] as Float64Array, item: arrays['itemFactors'] as Float64Array },
        options.factors,
      ),
  }
}

/** Trains `start` in place. */
export function* multiply(set: Trainset, start: Factors, options = nmfDefaults): Generator<number, Factors> {
  const { user: p, item: q } = start
  const wanted = { user: new Float64Array(p.length), item: new Float64Array(q.length) }
  const given = { user: new Float64Array(p.length), item: new Float64Array(q.length) }
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    compare(set, start, wanted, given, options.factors)
    scale(p, wanted.user, given.user, set.byUser, options.userRegularisation)
    scale(q, wanted.item, given.item, set.byItem, options.itemRegularisation)
    yield (epoch + 1) / options.epochs
  }
  return start
}

/** For each factor, Σ other's factor · rating and Σ other's factor · estimate. */
function compare(set: Trainset, { user: p, item: q }: Factors, wanted: Factors, given: Factors, factors: number) {
  for (const sums of [wanted, given]) {
    sums.user.fill(0)
    sums.item.fill(0)
  }
  const { start, other, rating } = set.byUser
  for (let u = 0; u < set.users; u++) {
    const a = u * factors
    for (let k = start[u]!; k < start[u + 1]!; k++) {
      const b = other[k]! * factors
      const r = rating[k]!
      const estimate = dot(p, a, q, b, factors)
      for (let f = 0; f < factors; f++) {
        const pf = p[a + f]!
        const qf = q[b + f]!
        wanted.user[a + f]! += qf * r
        given.user[a + f]! += qf * estimate
        wanted.item[b + f]! += pf * r
        given.item[b + f]! += pf * estimate
      }
    }
  }
}

function scale(
  own: Float64Array,
  wanted: Float64Array,
  given: Float64Array,
  { start }: Grouped,
  regularisation: number,
) {
  const factors = own.length / (start.length - 1)
  for (let at = 0; at < own.length; at++) {
    if (own[at] === 0) continue
    const group = Math.floor(at / factors)
    const ratings = start[group + 1]! - start[group]!
    own[at]! *= wanted[at]! / (given[at]! + ratings * regularisation * own[at]!)
  }
}

/** The mean of all where a side is not known. */
function modelOf(mean: number, { user, item }: Factors, factors: number): Model {
  return {
    estimate: (u, i) => (u < 0 || i < 0 ? mean : dot(user, u * factors, item, i * factors, factors)),
    save: () => ({ mean: Float64Array.of(mean), userFactors: user, itemFactors: item }),
  }
}

const uniforms = (random: NumpyRandom, length: number) => Float64Array.from({ length }, () => random.uniform())
