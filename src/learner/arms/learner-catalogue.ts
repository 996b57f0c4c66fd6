import type { Catalogue } from '../../agents/catalogue.ts'
import type { BayesianFactorisation } from '../../predictors/ensemble/bayesian-factorisation.ts'
import type { PlanSettings } from '../../settings/types.ts'
import { prefixed, type SavedArrays, withPrefix } from '../../state/saved-arrays.ts'
import { floatColumn } from '../../state/slot-column.ts'
import { everyRow, type UserRows } from '../../state/user-rows.ts'
import type { FeatureTable } from '../features/feature-table.ts'
import { biasScale, factorScale } from '../vectors.ts'
import { itemFacts } from './item-facts.ts'
import { numberColumn } from './number-column.ts'

/** The catalogue of a learner's planning agents, kept up as events come. */
export interface LearnerCatalogue extends Catalogue {
  /** Tokens with numbers, as they are joined now. */
  measureUser(user: number, tokens: readonly string[]): void
  measureItem(item: number, tokens: readonly string[]): void
  /** An item's tokens: those that count, and all of them. */
  describeItem(item: number, counted: readonly string[], all: readonly string[]): void
  /** An event with an item. */
  met(item: number, time: number): void
  /** Somebody or something else has this slot; an item's features follow, and then `admittedItem`. */
  resetUser(user: number): void
  resetItem(item: number): void
  /** A new item's features have been taken in. */
  admittedItem(item: number): void
  /** Take over what has been learned of items by now. */
  refresh(): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface CatalogueParts {
  plan: PlanSettings
  factorisation: BayesianFactorisation
  userFeatures: FeatureTable
  itemFeatures: FeatureTable
  itemCount: () => number
  /** To be called before an item's factors are read. */
  foresee(item: number): void
  /** Users' rows may be on disk. */
  rows?: UserRows
}

/**
 * What planning agents know of a learner's users and items: the numbers that features give, else what was learned.
 *
 * Without numbers an item is its factors, bias, popularity and hashed features, as of the last refresh, so that an agent
 * need not look at all items anew at every event; a user's taste is the same of the user, as of now.
 */
export function learnerCatalogue(parts: CatalogueParts): LearnerCatalogue {
  const { plan, itemCount } = parts
  const learned = plan.vectorSize === 0 ? learnedVectors(parts) : null
  const given = learned === null ? givenVectors(plan.vectorSize, parts.rows) : null
  const vectors = learned ?? given!
  const profiles = plan.profileSize === 0 ? null : numberColumn('profile', plan.profileSize, parts.rows)
  const profile = new Float64Array(parts.userFeatures.width)
  const kept = itemFacts()
  const { factorisation } = parts
  let version = 1
  const settle = (item: number) => {
    parts.foresee(item)
    learned?.write(item)
    const [from, to] = vectors.themed(item)
    kept.learned(item, { bias: factorisation.itemBias(item), met: factorisation.itemCount(item) })
    kept.place(item, vectors.data, from, to)
  }
  let view = vectors.data.subarray(0, 0)
  return {
    rows: parts.rows,
    itemSize: vectors.size,
    profileSize: profiles?.width ?? parts.userFeatures.width,
    get itemCount() {
      return itemCount()
    },
    get version() {
      return version
    },
    itemVectors() {
      const length = itemCount() * vectors.size
      if (view.length !== length || view.buffer !== vectors.data.buffer) view = vectors.data.subarray(0, length)
      return view
    },
    readTaste: vectors.readTaste,
    estimate: vectors.estimate,
    itemFacts() {
      kept.reserve(itemCount())
      return kept.facts
    },
    readProfile(user, into) {
      if (profiles !== null) profiles.read(user, into)
      else {
        parts.userFeatures.write(user, profile, 0)
        into.set(profile)
      }
    },
    measureUser(user, tokens) {
      profiles?.set(user, tokens)
      given?.tastes.set(user, tokens)
    },
    measureItem(item, tokens) {
      if (!given?.items.set(item, tokens)) return
      settle(item)
      version += 1
    },
    describeItem(item, counted, all) {
      kept.describe(item, counted, all)
    },
    met(item, time) {
      kept.meet(item, time)
    },
    resetUser(user) {
      profiles?.reset(user)
      given?.tastes.reset(user)
    },
    resetItem(item) {
      vectors.reset(item)
      kept.reset(item)
      version += 1
    },
    admittedItem(item) {
      settle(item)
    },
    refresh() {
      for (let item = 0; item < itemCount(); item++) settle(item)
      if (learned !== null) version += 1
    },
    save: (users, items) => ({
      ...prefixed('vectors', vectors.save(users, items)),
      ...(profiles === null ? {} : prefixed('profiles', profiles.save(users))),
      ...prefixed('facts', kept.save(items)),
    }),
    restore(arrays) {
      vectors.restore(withPrefix('vectors', arrays))
      profiles?.restore(withPrefix('profiles', arrays))
      kept.restore(withPrefix('facts', arrays))
      version += 1
    },
  }
}

/** Vectors that come with features. */
function givenVectors(size: number, rows = everyRow) {
  const items = numberColumn('vector', size)
  const tastes = numberColumn('taste', size, rows)
  return {
    ...{ size, items, tastes },
    get data() {
      return items.data
    },
    readTaste: tastes.read,
    estimate(user: number, item: number) {
      let sum = 0
      for (let k = 0, u = rows.of(user) * size, i = item * size; k < size; k++)
        sum += tastes.data[u++]! * items.data[i++]!
      return sum
    },
    /** The numbers of an item that stand for what it is about. */
    themed: (item: number) => [item * size, (item + 1) * size] as const,
    reset: items.reset,
    save: (users: number, count: number): SavedArrays => ({
      ...prefixed('items', items.save(count)),
      ...prefixed('tastes', tastes.save(users)),
    }),
    restore(arrays: SavedArrays) {
      items.restore(withPrefix('items', arrays))
      tastes.restore(withPrefix('tastes', arrays))
    },
  }
}

/** Vectors of what the learner has learned: factors, bias, popularity, hashed features. */
function learnedVectors({ factorisation, itemFeatures }: CatalogueParts) {
  const { factors } = factorisation
  const size = factors + 2 + itemFeatures.width
  const column = floatColumn(size)
  const features = new Float64Array(itemFeatures.width)
  return {
    size,
    get data() {
      return column.data
    },
    write(item: number) {
      const q = factorisation.itemFactors()
      const from = item * size
      for (let k = 0; k < factors; k++) column.data[from + k] = factorScale * q[item * factors + k]!
      column.data[from + factors] = biasScale * factorisation.itemBias(item)
      column.data[from + factors + 1] = Math.log1p(factorisation.itemCount(item)) / 5
      itemFeatures.write(item, features, 0)
      column.data.set(features, from + factors + 2)
    },
    readTaste(user: number, into: Float32Array) {
      const p = factorisation.userFactors()
      into.fill(0)
      for (let k = 0; k < factors; k++) into[k] = factorScale * p[user * factors + k]!
      into[factors] = biasScale * factorisation.userBias(user)
      into[factors + 1] = Math.log1p(factorisation.userCount(user)) / 5
    },
    estimate(user: number, item: number) {
      const [p, q] = [factorisation.userFactors(), factorisation.itemFactors()]
      let sum = factorisation.itemBias(item)
      for (let k = 0, u = user * factors, i = item * factors; k < factors; k++) sum += p[u++]! * q[i++]!
      return sum
    },
    themed: (item: number) => [item * size, item * size + factors] as const,
    reset(item: number) {
      column.reserve(item + 1)
      column.reset(item)
    },
    save: (_users: number, count: number): SavedArrays => ({ items: column.save(count) }),
    restore(arrays: SavedArrays) {
      column.restore(arrays['items'] as Float32Array)
    },
  }
}
