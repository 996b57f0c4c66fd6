import { seededRandom, shuffle } from '../../../state/random.ts'
import type { RatingTable } from './rating-table.ts'

/** rating ≈ mean + userBias + itemBias + p·q. */
export interface Factorisation {
  readonly factors: number
  readonly mean: number
  readonly userBias: Float64Array
  readonly itemBias: Float64Array
  /** p, [users × factors]. */
  readonly userFactors: Float64Array
  /** q, [items × factors]. */
  readonly itemFactors: Float64Array
}

const factoriseDefaults = { factors: 8, epochs: 40, rate: 0.01, regularisation: 0.08, spread: 0.1 }

/**
 * Biased matrix factorisation by stochastic gradient descent over ratings in a new order each epoch.
 *
 *     factorise(table, { seed: 1 })
 *
 * Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems, 2009.
 */
export function factorise(
  { users, items, user, item, rating }: Omit<RatingTable, 'source' | 'genres' | 'flags'>,
  { seed, ...given }: { seed: number } & Partial<typeof factoriseDefaults>,
): Factorisation {
  const { factors, epochs, rate, regularisation, spread } = { ...factoriseDefaults, ...given }
  const random = seededRandom(seed, 'factorise')
  const begin = (length: number) => Float64Array.from({ length }, () => spread * random.normal())
  const [p, q] = [begin(users * factors), begin(items * factors)]
  const [userBias, itemBias] = [new Float64Array(users), new Float64Array(items)]
  const mean = rating.reduce((sum, value) => sum + value, 0) / rating.length
  const order = Int32Array.from(rating.keys())
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(order, random)
    for (const row of order) {
      const u = user[row]!
      const i = item[row]!
      const [a, b] = [u * factors, i * factors]
      let estimate = mean + userBias[u]! + itemBias[i]!
      for (let f = 0; f < factors; f++) estimate += p[a + f]! * q[b + f]!
      const error = rating[row]! - estimate
      userBias[u]! += rate * (error - regularisation * userBias[u]!)
      itemBias[i]! += rate * (error - regularisation * itemBias[i]!)
      for (let f = 0; f < factors; f++) {
        const [pf, qf] = [p[a + f]!, q[b + f]!]
        p[a + f] = pf + rate * (error * qf - regularisation * pf)
        q[b + f] = qf + rate * (error * pf - regularisation * qf)
      }
    }
  }
  return { factors, mean, userBias, itemBias, userFactors: p, itemFactors: q }
}

/** Estimates of all ratings, [users × items]. */
export function estimates({ factors, mean, userBias, itemBias, userFactors, itemFactors }: Factorisation) {
  const [users, items] = [userBias.length, itemBias.length]
  const all = new Float64Array(users * items)
  for (let u = 0; u < users; u++) {
    for (let i = 0; i < items; i++) {
      let sum = mean + userBias[u]! + itemBias[i]!
      for (let f = 0; f < factors; f++) sum += userFactors[u * factors + f]! * itemFactors[i * factors + f]!
      all[u * items + i] = sum
    }
  }
  return all
}
