import { columnSet, doubleColumn } from '../../state/slot-column.ts'
import { everyRow, userColumns } from '../../state/user-rows.ts'
import { hashedNormal } from './hashed-normal.ts'
import { clipReward, type Policy } from './policy.ts'
import { toRating, toReward } from './rating-log.ts'

const biasedMfDefaults = { factors: 10, biasRate: 0.025, rate: 0.05, regularisation: 0, spread: 0.1 }

/**
 * Biased factorisation by one gradient step an event, μ a running mean, ratings on 1 to 5: BiasedMF of River, with the
 * rates of its tutorial on MovieLens 100K.
 *
 * Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems, 2009. First factors come from the
 * hashes of ids instead of a generator, so that they do not depend on the order in which ids appear.
 */
export function biasedMf(
  { seed, ...given }: { seed: number } & Partial<typeof biasedMfDefaults>,
  rows = everyRow,
): Policy {
  const { factors, rate, biasRate, regularisation, spread } = { ...biasedMfDefaults, ...given }
  const user = { bias: doubleColumn(), factors: doubleColumn(factors) }
  const item = { bias: doubleColumn(), factors: doubleColumn(factors) }
  const ofUsers = userColumns({ userBias: user.bias, userFactors: user.factors }, rows)
  const ofItems = columnSet({ itemBias: item.bias, itemFactors: item.factors })
  const all = Float64Array.of(0, toRating(0.5)) // events, mean

  /** Of a user's row and an item. */
  const raw = (u: number, i: number) => {
    const p = user.factors.data
    const q = item.factors.data
    let sum = all[1]! + user.bias.data[u]! + item.bias.data[i]!
    for (let f = 0, a = u * factors, b = i * factors; f < factors; f++) sum += p[a++]! * q[b++]!
    return sum
  }
  const begin = (data: Float64Array, slot: number, hash: number, first: number) => {
    for (let f = 0; f < factors; f++) data[slot * factors + f] = spread * hashedNormal(seed, hash, first + f)
  }

  return {
    name: 'biased-mf',
    predict: (slot, i) => clipReward(toReward(raw(rows.of(slot), i))),
    learn(slot, i, reward) {
      const u = rows.of(slot)
      const rating = toRating(reward)
      all[0]! += 1
      all[1]! += (rating - all[1]!) / all[0]!
      const slope = 2 * (rating - raw(u, i)) // of the squared error
      user.bias.data[u]! += biasRate * slope
      item.bias.data[i]! += biasRate * slope
      const p = user.factors.data
      const q = item.factors.data
      for (let f = 0, a = u * factors, b = i * factors; f < factors; f++, a++, b++) {
        const pf = p[a]!
        const qf = q[b]!
        p[a] = pf + rate * (slope * qf - regularisation * pf)
        q[b] = qf + rate * (slope * pf - regularisation * qf)
      }
    },
    // Users and items may have the same ids; they must not begin with the same factors.
    resetUser(slot, hash) {
      ofUsers.reset(slot)
      const row = rows.of(slot)
      begin(user.factors.data, row, hash, factors)
    },
    resetItem(slot, hash) {
      ofItems.reset(slot)
      begin(item.factors.data, slot, hash, 0)
    },
    save: (users, items) => ({ ...ofUsers.save(users), ...ofItems.save(items), all: all.slice() }),
    restore(arrays) {
      ofUsers.restore(arrays)
      ofItems.restore(arrays)
      all.set(arrays['all'] as Float64Array)
    },
  }
}
