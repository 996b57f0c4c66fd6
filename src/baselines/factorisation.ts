import { seededRandom } from '../model/random.ts'
import { doubleColumn, floatColumn } from '../model/slot-column.ts'
import { hashedNormal } from './hashed-normal.ts'
import { clipReward, type Policy } from './policy.ts'

export interface Factorisation extends Policy {
  readonly factors: number
  /** p · q of a pair: `factors` numbers a slot, user and item side. */
  userFactors(): Float32Array
  itemFactors(): Float32Array
  userBias(slot: number): number
  itemBias(slot: number): number
  /** Events learned of a slot. */
  userCount(slot: number): number
  itemCount(slot: number): number
}

export interface FactorisationOptions {
  factors: number
  seed: number
  /** Earlier events learned again at each new one, and how many are kept for that. */
  replays: number
  history: number
  rate: number
  regularisation: number
  userPrior: number
  itemPrior: number
  biasFloor: number
  /** Standard deviation of an item's first factors. */
  spread: number
  /** Share of a full bias step that an event learned again takes. */
  replayWeight: number
}

export const factorisationDefaults = {
  replays: 4,
  history: 16_384,
  rate: 0.3,
  regularisation: 0.025,
  userPrior: 8,
  itemPrior: 5,
  biasFloor: 0.03,
  spread: 0.05,
  replayWeight: 0.04,
}

/**
 * Biased matrix factorisation by stochastic gradient descent, one pass: μ + b_u + b_i + p_u · q_i.
 *
 * After each event a few earlier ones are learned again, which one pass alone leaves half learned. An item's first
 * factors come from the hash of its id, so they do not depend on the order in which items appear; users start at zero.
 */
export function factorisation(given: Partial<FactorisationOptions> & { factors: number; seed: number }): Factorisation {
  const options = { ...factorisationDefaults, ...given }
  const { factors, rate, regularisation } = options
  const user = { bias: floatColumn(), count: floatColumn(), factors: floatColumn(factors), born: doubleColumn() }
  const item = { bias: floatColumn(), count: floatColumn(), factors: floatColumn(factors), born: doubleColumn() }
  const all = Float64Array.of(20, 10) // count, sum
  const trust = Float64Array.of(1, 1) // Σ (left over by the biases)·(p · q), Σ (p · q)²; of late
  const past = {
    user: new Int32Array(options.history),
    item: new Int32Array(options.history),
    reward: new Float32Array(options.history),
  }
  let events = 0
  const random = seededRandom(options.seed, 'factorisation')

  const biases = (u: number, i: number) => all[1]! / all[0]! + user.bias.data[u]! + item.bias.data[i]!
  const product = (u: number, i: number): number => {
    let sum = 0
    const p = user.factors.data
    const q = item.factors.data
    for (let k = 0, a = u * factors, b = i * factors; k < factors; k++) sum += p[a++]! * q[b++]!
    return sum
  }
  // Where users have few events the product is mostly noise; it counts as much as it has been worth of late.
  const share = () => Math.min(1, Math.max(0, trust[0]! / trust[1]!))
  const biasRate = (count: number, prior: number) => Math.max(options.biasFloor, 1 / (count + prior))

  const descend = (u: number, i: number, reward: number, weight: number) => {
    const rest = reward - biases(u, i)
    const dot = product(u, i)
    const miss = rest - share() * dot
    const error = rest - dot
    user.bias.data[u]! += weight * biasRate(user.count.data[u]!, options.userPrior) * miss
    item.bias.data[i]! += weight * biasRate(item.count.data[i]!, options.itemPrior) * miss
    const p = user.factors.data
    const q = item.factors.data
    for (let k = 0, a = u * factors, b = i * factors; k < factors; k++, a++, b++) {
      const pk = p[a]!
      const qk = q[b]!
      p[a] = pk + rate * (error * qk - regularisation * pk)
      q[b] = qk + rate * (error * pk - regularisation * qk)
    }
  }

  return {
    name: 'factorisation',
    factors,
    userFactors: () => user.factors.data,
    itemFactors: () => item.factors.data,
    userBias: slot => user.bias.data[slot]!,
    itemBias: slot => item.bias.data[slot]!,
    userCount: slot => user.count.data[slot]!,
    itemCount: slot => item.count.data[slot]!,
    predict: (u, i) => clipReward(biases(u, i) + share() * product(u, i)),
    learn(u, i, reward) {
      user.count.data[u]! += 1
      item.count.data[i]! += 1
      const dot = product(u, i)
      trust[0] = trustFade * trust[0]! + (reward - biases(u, i)) * dot
      trust[1] = trustFade * trust[1]! + dot * dot
      descend(u, i, reward, 1)
      all[0]! += 1
      all[1]! += reward
      const at = events % options.history
      past.user[at] = u
      past.item[at] = i
      past.reward[at] = reward
      events += 1
      const held = Math.min(events, options.history)
      for (let n = 0; n < options.replays; n++) {
        const number = events - 1 - random.integer(held)
        const index = number % options.history
        const [pu, pi] = [past.user[index]!, past.item[index]!]
        // The slot may have passed to another id since.
        if (number < user.born.data[pu]! || number < item.born.data[pi]!) continue
        descend(pu, pi, past.reward[index]!, options.replayWeight)
      }
    },
    resetUser(slot) {
      for (const column of Object.values(user)) {
        column.reserve(slot + 1)
        column.reset(slot)
      }
      user.born.data[slot] = events
    },
    resetItem(slot, hash) {
      for (const column of Object.values(item)) {
        column.reserve(slot + 1)
        column.reset(slot)
      }
      item.born.data[slot] = events
      for (let k = 0; k < factors; k++)
        item.factors.data[slot * factors + k] = options.spread * hashedNormal(options.seed, hash, k)
    },
    save: (users, items) => ({
      userBias: user.bias.save(users),
      userCount: user.count.save(users),
      userFactors: user.factors.save(users),
      userBorn: user.born.save(users),
      itemBias: item.bias.save(items),
      itemCount: item.count.save(items),
      itemFactors: item.factors.save(items),
      itemBorn: item.born.save(items),
      all: all.slice(),
      trust: trust.slice(),
      pastUser: past.user.slice(0, Math.min(events, options.history)),
      pastItem: past.item.slice(0, Math.min(events, options.history)),
      pastReward: past.reward.slice(0, Math.min(events, options.history)),
      events: Float64Array.of(events),
      random: random.state.slice(),
    }),
    restore(arrays) {
      user.bias.restore(arrays['userBias'] as Float32Array)
      user.count.restore(arrays['userCount'] as Float32Array)
      user.factors.restore(arrays['userFactors'] as Float32Array)
      user.born.restore(arrays['userBorn'] as Float64Array)
      item.bias.restore(arrays['itemBias'] as Float32Array)
      item.count.restore(arrays['itemCount'] as Float32Array)
      item.factors.restore(arrays['itemFactors'] as Float32Array)
      item.born.restore(arrays['itemBorn'] as Float64Array)
      all.set(arrays['all'] as Float64Array)
      trust.set(arrays['trust'] as Float64Array)
      past.user.set(arrays['pastUser'] as Int32Array)
      past.item.set(arrays['pastItem'] as Int32Array)
      past.reward.set(arrays['pastReward'] as Float32Array)
      events = (arrays['events'] as Float64Array)[0]!
      random.state.set(arrays['random'] as Uint32Array)
    },
  }
}

const trustFade = 0.9998
