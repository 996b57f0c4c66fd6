import { type Random, seededRandom } from '../../state/random.ts'
import { prefixed, withPrefix } from '../../state/saved-arrays.ts'
import { hashedNormal } from '../baselines/hashed-normal.ts'
import { clipReward, type Policy } from '../baselines/policy.ts'
import { toRating, toReward } from '../baselines/rating-log.ts'
import { type BayesianOptions, bayesianDefaults } from './bayesian-options.ts'
import { type FactorisationExchange, factorisationExchange } from './factorisation-exchange.ts'
import { type FeaturePlaces, featurePlaces } from './feature-places.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { drawFrom, itemVariance, meanOf, type Posterior, pairVariance, posteriorOf } from './posterior-reading.ts'
import { createSide, posteriorUpdate, type Side, writePrior } from './posterior-side.ts'
import { priorRegression } from './prior-regression.ts'

export interface BayesianFactorisation extends Policy {
  readonly factors: number
  /** The posterior means: `factors` numbers a slot, user and item side. */
  userFactors(): Float32Array
  itemFactors(): Float32Array
  userBias(slot: number): number
  itemBias(slot: number): number
  /** Events learned of a slot. */
  userCount(slot: number): number
  itemCount(slot: number): number
  /** The expected rating of a pair, 1 … 5 but not held to it. */
  rating(user: number, item: number): number
  /** What it is made of beside the biases, in reward: the mean of all, and the user's factors times the item's. */
  mean(): number
  taste(user: number, item: number): number
  /** Variance of that expectation (not of the rating), on the same scale. */
  variance(user: number, item: number): number
  /** What is known of a user or item, on the same scale. */
  userPosterior(slot: number): Posterior
  itemPosterior(slot: number): Posterior
  /** A taste drawn from a user's posterior, by which items can be scored: Thompson sampling. */
  draw(user: number, random: Random): (item: number) => number
  /** What is known of a user or item beside events, as tokens such as "age=25-34". */
  describeUser(slot: number, tokens: readonly string[]): void
  describeItem(slot: number, tokens: readonly string[]): void
  /** The users' and the items' features. */
  readonly userPlaces: FeaturePlaces
  readonly itemPlaces: FeaturePlaces
  /** Work out what is known of a user who has taken over another's events, which stand in the shared interactions already. */
  absorbUser(from: number, into: number): void
  /** Learn from an event that stands in the shared interactions already. */
  absorb(user: number, item: number, rating: number): void
  /** What goes from one learner to another whose users are others. */
  readonly exchange: FactorisationExchange
}

/**
 * Online variational Bayesian matrix factorisation with side features, one pass: p = μ + x₀ + y₀ + Σ xₖyₖ.
 *
 * Each event recomputes the posteriors of its user and item from their histories, then refreshes a few others, which
 * one pass alone leaves behind. Prior means come from a ridge regression on features, so that who is new is placed by
 * them alone. Model: Lim and Teh (2007); the online schedule and its constants are ours.
 */
export function bayesianFactorisation(
  given: Partial<BayesianOptions> & { factors: number; seed: number },
  shared?: Interactions,
): BayesianFactorisation {
  const options = { ...bayesianDefaults, ...given }
  const { factors, kappa } = options
  const dimensions = factors + 1
  const interactions = shared ?? createInteractions({ history: options.history, past: options.past, width: 1 })
  const { ofUsers, ofItems } = interactions
  const userPlaces = featurePlaces({ size: 256, perSlot: 64 })
  const itemPlaces = featurePlaces({ size: 256, perSlot: 64 })
  const variance = { bias: options.biasVariance, factor: options.factorVariance }
  const prior = (places: typeof userPlaces) => priorRegression({ places, dimensions, ridge: options.ridge })
  const user = createSide(factors, variance, prior(userPlaces), ofItems.cap)
  const item = createSide(factors, variance, prior(itemPlaces), ofUsers.cap)
  const update = { noise: options.noise, kappa, joinAt: 3 }
  const users = posteriorUpdate(factors, {
    ...{ ...update, decay: options.decay },
    histories: ofUsers,
    versionsOf: interactions.itemVersions,
  })
  const items = posteriorUpdate(factors, {
    ...{ ...update, decay: 0 },
    histories: ofItems,
    versionsOf: interactions.userVersions,
  })
  const random = seededRandom(options.seed, 'bayesian-factorisation')
  const all = Float64Array.of(20, 60, 0) // count and sum of ratings, twenty in the middle to begin with; events
  const first = new Float64Array(dimensions)
  const x = new Float64Array(dimensions)

  const mean = () => all[1]! / all[0]!
  /** Half of an item's first variance is spent on where its factors begin; the regression takes over once it is fitted. */
  const fitted = () => all[2]! >= 2 * options.fitEvery

  /** A slot without events stands where its features put it. */
  const settleUser = (slot: number) => {
    if (user.count.data[slot]! > 0) return
    user.prior.mean(slot, x)
    writePrior(user, slot, x, kappa, 1)
  }
  const settleItem = (slot: number) => {
    if (item.count.data[slot]! > 0 || !fitted()) return
    item.prior.mean(slot, x)
    writePrior(item, slot, x, kappa, 1)
  }
  /** Where slots without events stand must not depend on who looked at them last. */
  const settleAll = (userSlots: number, itemSlots: number): void => {
    for (let slot = 0; slot < userSlots; slot++) settleUser(slot)
    for (let slot = 0; slot < itemSlots; slot++) settleItem(slot)
  }
  const rating = (u: number, i: number): number => {
    settleUser(u)
    settleItem(i)
    let sum = mean() + user.bias.data[u]! + item.bias.data[i]!
    const p = user.factors.data
    const q = item.factors.data
    for (let k = 0, a = u * factors, b = i * factors; k < factors; k++) sum += p[a++]! * q[b++]!
    return sum
  }
  const updateUser = (slot: number) => users.update(user, item, slot, mean())
  const updateItem = (slot: number) => items.update(item, user, slot, mean())

  const refresh = (u: number) => {
    for (let n = 0; n < options.refreshes; n++) {
      if (n % 2 === 0) {
        const from = ofUsers.from(u)
        const e = from + random.integer(ofUsers.to(u) - from)
        const other = ofUsers.partners[e]!
        if (interactions.itemVersion(other) === ofUsers.versions[e]) updateItem(other)
      } else {
        const e = random.integer(interactions.held)
        const pastUser = interactions.pastUser(e)
        const pastItem = interactions.pastItem(e)
        if (pastUser >= 0) updateUser(pastUser)
        if (pastItem >= 0) updateItem(pastItem)
      }
    }
  }
  const absorb = (u: number, i: number, value: number) => {
    settleUser(u)
    settleItem(i)
    user.count.data[u]! += 1
    item.count.data[i]! += 1
    all[0]! += 1
    all[1]! += value
    all[2]! += 1
    updateUser(u)
    updateItem(i)
    refresh(u)
    if (all[2]! % options.fitEvery === 0 && fitted()) fitPriors()
  }
  const fitPriors = () => {
    user.prior.fit()
    item.prior.fit()
  }
  const absorbUser = (from: number, into: number) => {
    if (user.count.data[from]! === 0) return
    user.count.data[into]! += user.count.data[from]!
    updateUser(into)
  }
  const leave = (side: Side) => (slot: number) => {
    if (!side.prior.joined(slot)) return
    side.prior.leave(slot, meanOf(side, slot, x))
  }
  const leaveUser = leave(user)
  const leaveItem = leave(item)
  const describe = (side: Side, places: typeof userPlaces, leaving: Visit, settle: Visit) => {
    return (slot: number, tokens: readonly string[]) => {
      const counted = side.prior.joined(slot)
      if (!places.set(slot, tokens, leaving)) return
      if (counted) side.prior.join(slot, meanOf(side, slot, x))
      settle(slot)
    }
  }
  const reserve = (side: Side, slot: number) => {
    for (const column of [
      side.bias,
      side.factors,
      side.moments,
      side.count,
      ...(side.others === null ? [] : [side.others]),
    ]) {
      column.reserve(slot + 1)
      column.reset(slot)
    }
  }
  const beginUser = (slot: number): void => {
    user.prior.reset(slot, leaveUser)
    userPlaces.reset(slot)
    reserve(user, slot)
    settleUser(slot)
  }
  const beginItem = (slot: number, hash: number) => {
    item.prior.reset(slot, leaveItem)
    itemPlaces.reset(slot)
    reserve(item, slot)
    const spread = 0.7 * Math.sqrt(options.factorVariance)
    for (let k = 0; k < factors; k++) first[k] = spread * hashedNormal(options.seed, hash, k)
    writePrior(item, slot, first, kappa, 0.5)
    settleItem(slot)
  }

  const exchange = factorisationExchange({
    ...{ user, item, all, settleItem, updateItem, fitEvery: options.fitEvery },
    evidence: (slot, into) => items.evidence(user, slot, mean(), into),
    fit: () => {
      if (fitted()) fitPriors()
    },
  })

  return {
    name: 'factorisation',
    exchange,
    factors,
    userFactors: () => user.factors.data,
    itemFactors: () => item.factors.data,
    userBias: slot => user.bias.data[slot]! / 4,
    itemBias: slot => item.bias.data[slot]! / 4,
    userCount: slot => user.count.data[slot]!,
    itemCount: slot => item.count.data[slot]!,
    userPlaces,
    itemPlaces,
    rating,
    mean: () => (mean() - 1) / 4,
    taste: (u, i) => (rating(u, i) - mean() - user.bias.data[u]! - item.bias.data[i]!) / 4,
    predict: (u, i) => clipReward(toReward(rating(u, i))),
    absorb,
    absorbUser,
    mergeUsers(from, into) {
      if (shared === undefined) interactions.mergeUsers(from, into)
      absorbUser(from, into)
    },
    learn(u, i, reward) {
      interactions.add(u, i, toRating(reward))
      absorb(u, i, toRating(reward))
    },
    variance(u, i) {
      settleUser(u)
      settleItem(i)
      return pairVariance(user, u, item, i, kappa)
    },
    userPosterior: slot => posteriorOf(user, slot, kappa),
    itemPosterior: slot => posteriorOf(item, slot, kappa),
    draw(u, drawn) {
      settleUser(u)
      const taste = drawFrom(posteriorOf(user, u, kappa), drawn)
      return i => {
        settleItem(i)
        let sum = mean() + taste[factors]! + item.bias.data[i]!
        for (let k = 0; k < factors; k++) sum += taste[k]! * item.factors.data[i * factors + k]!
        return clipReward(toReward(sum + Math.sqrt(itemVariance(item, i, taste, kappa)) * drawn.normal()))
      }
    },
    describeUser: describe(user, userPlaces, leaveUser, settleUser),
    describeItem: describe(item, itemPlaces, leaveItem, settleItem),
    resetUser(slot) {
      if (shared === undefined) interactions.resetUser(slot)
      beginUser(slot)
    },
    guestUser(slot) {
      if (shared === undefined) interactions.guestUser(slot)
      beginUser(slot)
    },
    resetItem(slot, hash) {
      if (shared === undefined) interactions.resetItem(slot)
      beginItem(slot, hash)
    },
    knowItem(slot, hash) {
      if (shared === undefined) interactions.knowItem(slot)
      beginItem(slot, hash)
    },
    save(userSlots, itemSlots) {
      settleAll(userSlots, itemSlots)
      return {
        ...prefixed('user', user.save(userSlots)),
        ...prefixed('item', item.save(itemSlots)),
        ...prefixed('user.prior', user.prior.save(userSlots)),
        ...prefixed('item.prior', item.prior.save(itemSlots)),
        ...prefixed('user.places', userPlaces.save(userSlots)),
        ...prefixed('item.places', itemPlaces.save(itemSlots)),
        ...(shared === undefined ? prefixed('encounters', interactions.save(userSlots, itemSlots)) : {}),
        all: all.slice(),
        random: random.state.slice(),
      }
    },
    restore(arrays) {
      user.restore(withPrefix('user', arrays))
      item.restore(withPrefix('item', arrays))
      user.prior.restore(withPrefix('user.prior', arrays))
      item.prior.restore(withPrefix('item.prior', arrays))
      userPlaces.restore(withPrefix('user.places', arrays))
      itemPlaces.restore(withPrefix('item.places', arrays))
      if (shared === undefined) interactions.restore(withPrefix('encounters', arrays))
      all.set(arrays['all'] as Float64Array)
      random.state.set(arrays['random'] as Uint32Array)
    },
  }
}

type Visit = (slot: number) => void
