import { prefixed, withPrefix } from '../../state/saved-arrays.ts'
import { everyRow, type UserRows } from '../../state/user-rows.ts'
import { adaptiveBias } from '../baselines/adaptive-bias.ts'
import { biasedMf } from '../baselines/biased-mf.ts'
import { clipReward, learningRewards, type Policy } from '../baselines/policy.ts'
import { toRating, toReward } from '../baselines/rating-log.ts'
import { type BayesianFactorisation, bayesianFactorisation } from './bayesian-factorisation.ts'
import { featureResiduals } from './feature-residuals.ts'
import { createInteractions } from './interactions.ts'
import { itemDrift } from './item-drift.ts'
import {
  type ItemNeighbours,
  type ItemPairs,
  itemNeighbours,
  type Neighbour,
  neighbourDefaults,
} from './item-neighbours.ts'
import { createRecentResiduals, recentWidth } from './recent-residuals.ts'
import { type RecursiveLeastSquares, recursiveLeastSquares } from './recursive-least-squares.ts'
import { firstWeights, regressionRow } from './regression-row.ts'
import { createUserCalibration } from './user-calibration.ts'

export interface EnsembleOptions {
  /** `lite`: one factorisation, neighbours of its residual, recent residuals. `full`: all that is here. */
  kind: 'lite' | 'full'
  factors: number
  seed: number
  /** Events remembered of each user and item. */
  history: number
  /** Events remembered of all, for refreshing. */
  past?: number
  /** Pairs of items remembered. */
  neighbourPairs: number
  /** Users' rows may be on disk. */
  rows?: UserRows
  /** Further policies whose predictions join the regression; the ensemble teaches, resets and saves them. */
  experts?: readonly Expert[]
  /** Told of the pairs of items of each event, by the number of the set of neighbours. */
  onPairs?: (set: number, pairs: ItemPairs, residual: number) => void
}

/** A policy that may be given what is known of users and items beside events. */
export type Expert = Policy & Partial<Pick<Ensemble, 'describeUser' | 'describeItem'>>

export interface Ensemble extends Policy {
  readonly kind: 'lite' | 'full'
  readonly factorisation: BayesianFactorisation
  /** What the regression saw at the last prediction (ratings of 1 to 5), and its weights. */
  readonly row: Float64Array
  readonly weights: Float64Array
  /**
   * What is known of a user or item beside events, as tokens such as "age=25-34". One that begins with "@" belongs to the
   * event at hand, not to the user, and is for experts alone; so are those of `all` that few others have.
   */
  describeUser(slot: number, tokens: readonly string[], all?: readonly string[]): void
  describeItem(slot: number, tokens: readonly string[], all?: readonly string[]): void
  /** The same of whoever asks and has no event, of whom nothing may stay: what nobody else has shown says nothing. */
  foreseeUser(slot: number, tokens: readonly string[], all?: readonly string[]): void
  /** The same of an item that has had no event: what no event has shown says nothing, and takes no place of a feature. */
  foreseeItem(slot: number, tokens: readonly string[], all?: readonly string[]): void
  /** What the neighbours would add to the factorisation, on the scale of 1 to 5, for the pair predicted last. */
  readonly neighbourResidual: number
  /** How unsure the factorisation is of the pair predicted last: the standard deviation of its expectation, on that scale. */
  readonly deviation: number
  /** The user's past items that say something of this one, most first. */
  alike(user: number, item: number): Neighbour[]
  /** A user's recent residuals at a time: `recentWidth` numbers from `at` on. */
  readRecentResiduals(user: number, time: number, into: Float64Array, at: number): void
  /** The parts that know something of what several users share, for learners that exchange it. */
  readonly parts: {
    readonly regression: RecursiveLeastSquares
    readonly factorisations: readonly BayesianFactorisation[]
    readonly neighbours: readonly ItemNeighbours[]
    readonly experts: readonly Expert[]
  }
}

/**
 * The product's rating policy: an online Bayesian factorisation, neighbours of its residual, residuals by feature
 * and the user's recent ones, put together by recursive least squares; one pass, every part learned at every event.
 *
 *     const ensemble = createEnsemble({ kind: 'lite', factors: 6, seed: 1, history: 200, neighbourPairs: 1e6 })
 *     ensemble.predict(user, item, time)         // reward in [0, 1]
 *     ensemble.learn(user, item, reward, time)   // what predict worked out a moment ago is not worked out again
 */
export function createEnsemble(options: EnsembleOptions): Ensemble {
  const { kind, factors, seed, history, neighbourPairs, rows = everyRow } = options
  const full = kind === 'full'
  // Values beside a user's event: the rating and, for each set of neighbours, what was left over.
  const interactions = createInteractions({ history, past: options.past ?? 131_072, width: full ? 3 : 2, rows })
  const main = bayesianFactorisation({ factors, seed, refreshes: full ? 4 : 2 }, interactions)
  const second = full
    ? bayesianFactorisation({ factors: factors + 4, seed: seed + 1, refreshes: 4 }, interactions)
    : null
  const near = { interactions, ...neighbourDefaults, capacity: neighbourPairs }
  const heard = (set: number) =>
    options.onPairs === undefined
      ? {}
      : { onPairs: (pairs: ItemPairs, residual: number) => options.onPairs!(set, pairs, residual) }
  const neighbours = itemNeighbours({ ...near, column: 1, ...heard(0) })
  const biased = full ? adaptiveBias({}, rows) : null
  const biasNeighbours = full
    ? itemNeighbours({ ...near, column: 2, power: 2, damping: 0.04, leastUsers: 3, ...heard(1) })
    : null
  const byFeature = featureResiduals({
    histories: interactions.ofUsers,
    column: 1,
    features: main.itemPlaces,
    versionsOf: interactions.itemVersions,
  })
  const descent = biasedMf({ seed }, rows)
  const experts: readonly Expert[] = [descent, ...(biased === null ? [] : [biased]), ...(options.experts ?? [])]
  const recent = createRecentResiduals(rows)
  const calibration = createUserCalibration(rows)
  const drift = full ? itemDrift() : null

  const row = regressionRow(
    3 + (full ? 2 : 0) + experts.length,
    recentWidth + calibration.width + 1 + (drift?.width ?? 0),
  )
  const regression = recursiveLeastSquares({ weights: firstWeights(row.values.length), variance: 0.02 })
  const plain = new Float64Array(recentWidth)
  // The pair that the row is about; −1 when it must be worked out anew.
  let rowUser = -1
  let rowItem = -1
  let rowTime = 0
  let base = 0
  let biasRating = 0
  let deviation = 0
  let rating = 0

  const fill = (user: number, item: number, time: number) => {
    base = main.rating(user, item)
    row.begin(base)
    row.predictor(neighbours.predict(user, item))
    row.predictor(byFeature.read(user, item))
    if (full) {
      row.predictor(second!.rating(user, item) - base)
      biasRating = toRating(biased!.predict(user, item, time))
      row.predictor(biasRating + biasNeighbours!.predict(user, item) - base)
    }
    for (const expert of experts) row.predictor(toRating(expert.predict(user, item, time)) - base)
    recent.read(user, time, plain, 0)
    for (let k = 0; k < recentWidth; k++) row.plain(plain[k]!)
    calibration.read(user, base, plain)
    for (let k = 0; k < calibration.width; k++) row.plain(plain[k]!)
    deviation = Math.sqrt(main.variance(user, item))
    row.plain(deviation)
    if (drift !== null) {
      drift.read(item, plain, 0)
      for (let k = 0; k < drift.width; k++) row.plain(plain[k]!)
    }
    row.finish(main.userCount(user), main.itemCount(item))
    rating = regression.predict(row.values)
    rowUser = user
    rowItem = item
    rowTime = time
  }
  const work = (user: number, item: number, time: number) => {
    if (rowUser !== user || rowItem !== item || rowTime !== time) fill(user, item, time)
  }
  const forgetRow = () => {
    rowUser = -1
    byFeature.forget()
  }
  const factorisations = second === null ? [main] : [main, second]
  const beginUser = (slot: number, hash: number): void => {
    for (const expert of experts) expert.resetUser(slot, hash)
    recent.reset(slot)
    calibration.reset(slot)
    forgetRow()
  }
  const sets: ItemNeighbours[] = biasNeighbours === null ? [neighbours] : [neighbours, biasNeighbours]

  return learningRewards<Ensemble>({
    name: 'ensemble',
    kind,
    factorisation: main,
    row: row.values,
    weights: regression.weights,
    get neighbourResidual() {
      return row.values[2]!
    },
    get deviation() {
      return deviation
    },
    describeUser(slot, tokens, all = tokens) {
      for (const each of factorisations) each.describeUser(slot, tokens.filter(isLasting))
      for (const expert of experts) expert.describeUser?.(slot, all)
      forgetRow()
    },
    describeItem(slot, tokens, all = tokens) {
      for (const each of factorisations) each.describeItem(slot, tokens)
      for (const expert of experts) expert.describeItem?.(slot, all)
      forgetRow()
    },
    foreseeUser(slot, tokens, all = tokens) {
      for (const each of factorisations) {
        const known = tokens.filter(token => isLasting(token) && each.userPlaces.has(token))
        each.describeUser(slot, known)
      }
      for (const expert of experts) expert.describeUser?.(slot, all)
      forgetRow()
    },
    foreseeItem(slot, tokens, all = tokens) {
      for (const each of factorisations) each.describeItem(slot, tokens.filter(each.itemPlaces.has))
      for (const expert of experts) expert.describeItem?.(slot, all)
      forgetRow()
    },
    alike: neighbours.because,
    parts: { regression, factorisations, neighbours: sets, experts },
    readRecentResiduals: (user, time, into, at) => recent.read(user, time, into, at),
    predict(user, item, time) {
      work(user, item, time)
      return clipReward(toReward(rating))
    },
    learn(user, item, reward, time) {
      work(user, item, time)
      const real = toRating(reward)
      const error = real - base
      regression.learn(row.values, real)
      neighbours.learn(user, item, error)
      biasNeighbours?.learn(user, item, real - biasRating)
      recent.add(user, time, error)
      calibration.add(user, Math.min(5, Math.max(1, rating)), real)
      drift?.add(item, error)
      const at = interactions.add(user, item, real) * interactions.ofUsers.width
      interactions.ofUsers.values[at + 1] = error
      if (full) interactions.ofUsers.values[at + 2] = real - biasRating
      for (const each of factorisations) each.absorb(user, item, real)
      for (const expert of experts) expert.learn(user, item, reward, time)
      forgetRow()
    },
    mergeUsers(from, into) {
      interactions.mergeUsers(from, into)
      for (const each of factorisations) each.absorbUser(from, into)
      for (const expert of experts) expert.mergeUsers?.(from, into)
      forgetRow()
    },
    resetUser(slot, hash) {
      interactions.resetUser(slot)
      for (const each of factorisations) each.resetUser(slot, hash)
      beginUser(slot, hash)
    },
    guestUser(slot, hash) {
      interactions.guestUser(slot)
      for (const each of factorisations) each.guestUser!(slot, hash)
      beginUser(slot, hash)
    },
    resetItem(slot, hash) {
      interactions.resetItem(slot)
      for (const each of factorisations) each.resetItem(slot, hash)
      for (const expert of experts) expert.resetItem(slot, hash)
      drift?.reset(slot)
      forgetRow()
    },
    knowItem(slot, hash) {
      interactions.knowItem(slot)
      for (const each of factorisations) each.knowItem!(slot, hash)
      for (const expert of experts) (expert.knowItem ?? expert.resetItem).call(expert, slot, hash)
      drift?.reset(slot)
      forgetRow()
    },
    // Names of saved arrays are a stored form: they stay as they were, so that older checkpoints can be read.
    save(users, items) {
      const arrays = {
        ...prefixed('encounters', interactions.save(users, items)),
        ...prefixed('moods', recent.save(users)),
        ...prefixed('habits', calibration.save(users)),
        ...prefixed('regression', regression.save()),
        ...prefixed('drift', drift?.save(items) ?? {}),
      }
      for (const [k, each] of factorisations.entries())
        Object.assign(arrays, prefixed(`factors${k}`, each.save(users, items)))
      for (const [k, each] of sets.entries()) Object.assign(arrays, prefixed(`neighbours${k}`, each.save()))
      for (const [k, each] of experts.entries()) Object.assign(arrays, prefixed(`expert${k}`, each.save(users, items)))
      return arrays
    },
    restore(arrays) {
      interactions.restore(withPrefix('encounters', arrays))
      recent.restore(withPrefix('moods', arrays))
      calibration.restore(withPrefix('habits', arrays))
      regression.restore(withPrefix('regression', arrays))
      drift?.restore(withPrefix('drift', arrays))
      for (const [k, each] of factorisations.entries()) each.restore(withPrefix(`factors${k}`, arrays))
      for (const [k, each] of sets.entries()) each.restore(withPrefix(`neighbours${k}`, arrays))
      for (const [k, each] of experts.entries()) each.restore(withPrefix(`expert${k}`, arrays))
      forgetRow()
    },
  })
}

const isLasting = (token: string): boolean => !token.startsWith('@')
