import type { RecommendedItem } from '../records/recommendation.ts'
import type { RulesOfList } from '../rules/rule-set.ts'
import type { RecommendSettings } from '../settings/types.ts'
import { type Random, seededRandom } from '../state/random.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { doubleColumn } from '../state/slot-column.ts'
import { everyRow, type UserRows, userColumns } from '../state/user-rows.ts'
import { activeUsers } from './active-users.ts'
import { type AskedLists, askedLists, type DrawnItem } from './asked-lists.ts'
import { candidates } from './candidates.ts'
import { type CatalogueCandidates, catalogueCandidates } from './catalogue-candidates.ts'
import { listDrawing } from './draw-list.ts'
import { type FeatureShare, onlineRanker } from './online-ranker.ts'
import { ownChannels } from './own-items.ts'
import type { ItemVectors } from './rank-features.ts'
import { rankedLists } from './ranked-lists.ts'
import { catalogueScores, type ItemScores, scoredCandidates, servingScores } from './scored-candidates.ts'
import { type EventWorthOptions, eventWorth, setOf } from './worth.ts'

/** Makes lists; users and items are slots. */
export interface Recommender {
  /** What is known of items beside events. */
  readonly catalogue: CatalogueCandidates
  /** Lists for those who ask, of which nothing is remembered. */
  readonly asked: AskedLists
  /** What is known of a user, as tokens such as "age=25-34". */
  describeUser(user: number, tokens: readonly string[]): void
  foreseeUser(user: number, tokens: readonly string[]): void
  /** What one user took is another's. */
  mergeUsers(from: number, into: number): void
  resetUser(slot: number): void
  /** `known`: what `catalogue` has of it stays. */
  resetItem(slot: number, known?: boolean): void
  /** How many people want an item, the longer ago the less. */
  people(item: number): number
  /** Whether an event, before it is observed, is what lists are there for, and no disappointment. */
  isTarget(event: ListEvent): boolean
  /** An event, before any policy has learned from it. */
  observe(event: ListEvent): void
  /** Whether an event of this time gives rise to a list. */
  due(user: number, time: number, late: boolean): boolean
  /**
   * A list for a user at a time.
   * Where nothing is left to recommend it is empty, and the user's next event may give rise to one.
   */
  list(user: number, time: number, itemScores: ItemScores): RecommendedItem[]
  /** Somebody else made a list for a user. */
  noteList(user: number, time: number): void
  /** Why items rank where they do for a user, among all candidates as things stand now. */
  explain(user: number, time: number, items: readonly number[], itemScores: ItemScores): Ranking[]
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

/** An event as lists learn from it. */
export interface ListEvent {
  user: number
  item: number
  /** The user has had to do with the item before; absent: not known. */
  met?: boolean
  behaviour: string
  /** In [0, 1]. */
  reward: number
  /** Event time, ms. */
  time: number
}

/** Why an item ranks where it does. */
export interface Ranking {
  /** Place among the candidates, from 1. */
  place: number
  candidates: number
  features: FeatureShare[]
  /** The user's item that it followed most often, and how often; −1 and 0 if none. */
  after: number
  times: number
}

export interface RecommenderOptions {
  settings: RecommendSettings
  seed: number
  itemId: (slot: number) => string
  itemCount: () => number
  /** Items that may be in a list at all, by rising slot. */
  available: () => Int32Array
  /** Which items a list that is made for a user at an event time may hold. */
  mayShow: (user: number, time: number) => (item: number) => boolean
  /** What rules say of the list that `mayShow` was asked about last; default: nothing. */
  rules?: () => RulesOfList | null
  vectors: ItemVectors
  /** By what events are worth something. */
  events: EventWorthOptions
  /** Whether items may come back to a user at all. */
  returns: boolean
  /** A taste drawn from what is known of a user, by which items can be scored; for Thompson sampling. */
  drawTaste: (user: number, random: Random) => (item: number) => number
  /** Users' rows may be on disk. */
  rows?: UserRows
}

/**
 * Lists from what followed the user's last items and what is popular now, of what may be shown; ranked by an
 * online softmax over many cheap scores.
 *
 * The champion's expected reward is one score among them, the critic's value another: they may help a list, but alone
 * they would make dull ones (safe items nobody would pick now). The ranker learns from what users go
 * for while its lists stand, out of the candidates that it ranked then.
 */
export function createRecommender(options: RecommenderOptions): Recommender {
  const { settings, itemId, mayShow, rows = everyRow } = options
  const random = seededRandom(options.seed, 'recommend')
  const ranker = onlineRanker({
    width: settings.coOccurrences,
    recent: settings.recent,
    halfLives: [settings.shortHalfLifeHours, 24 * settings.halfLifeDays, 24 * settings.longHalfLifeDays],
    returns: options.returns,
    vectors: options.vectors,
    extraNames: catalogueScores,
    lateNames: servingScores,
    easeItems: settings.easeItems,
    rows,
    sequence: {
      networks: settings.sequenceNetworks,
      seed: options.seed,
      tokens: {
        get ofItems() {
          return catalogue.tokensOfItems
        },
      },
    },
  })
  const catalogue = catalogueCandidates(ranker.popularity)
  const pool = candidates(ranker, {
    capacity: settings.candidates,
    itemCount: options.itemCount,
    available: options.available,
    returns: options.returns,
    others: catalogue.sources,
  })
  const worths = eventWorth({ ...options.events, rows })
  const lists = rankedLists(ranker.features.names.length)
  const active = activeUsers(undefined, rows)
  const scored = scoredCandidates({ ranker, pool, catalogue })
  const { isNew } = catalogue
  const draw = listDrawing({ settings, pool, scored, isNew, drawTaste: options.drawTaste })
  const { found } = pool
  const { logits } = scored
  const mostPinned = Math.ceil(settings.candidates / 2)
  const lastList = doubleColumn(1, Number.NEGATIVE_INFINITY)
  const lastLists = userColumns({ lastList }, rows)

  const noteList = (user: number, time: number): void => {
    const row = rows.of(user)
    lastList.data[row] = time
  }
  const reason = (user: number, item: number, explored: boolean, better: boolean): string => {
    if (explored) return 'exploring'
    const { after, times } = pool.ledBy(user, item)
    if (times >= 2) return `followed ${itemId(after)} ${times} times`
    return better ? 'close to your taste' : 'popular now'
  }

  /** How many candidates of a list the serving policy is asked about: a taste that is drawn is held against what it says of all. */
  const most = (length: number) =>
    settings.exploration === 'thompson'
      ? settings.candidates
      : Math.max(Math.ceil(settings.candidates / refinedOf), refinedPerPlace * length)

  /** Why items, no more than there may be candidates, rank where they do. */
  const explainTogether = (user: number, time: number, items: readonly number[], itemScores: ItemScores): Ranking[] => {
    const allowed = mayShow(user, time)
    const count = pool.admit(
      items,
      pool.gather(user, time, item => items.includes(item) || allowed(item)),
    )
    const lift = options.rules?.()?.places?.lift ?? (() => 0)
    scored.rank(user, time, count, itemScores, { most: most(settings.length), lift })
    const keys = Float64Array.from({ length: count }, (_, c) => logits[c]! + lift(found[c]!))
    return items.map(item => {
      const at = found.subarray(0, count).indexOf(item)
      let place = 1
      for (let c = 0; c < count; c++) if (keys[c]! > keys[at]!) place += 1
      return { place, candidates: count, features: ranker.why(user, at), ...pool.ledBy(user, item) }
    })
  }

  /** Find the candidates of a list and rank them; returns how many. */
  const gather = (
    user: number,
    time: number,
    { allowed, length }: { allowed: (item: number) => boolean; length: number },
    itemScores: ItemScores,
  ): number => {
    const rules = options.rules?.() ?? null
    const gathered = pool.gather(user, time, allowed)
    const count = rules === null ? gathered : pool.admit(rules.pinned(allowed, mostPinned), gathered)
    if (count > 0) scored.rank(user, time, count, itemScores, { most: most(length), lift: rules?.places?.lift })
    return count
  }

  /** Draw a list from the candidates that were ranked last. */
  const drawFrom = (user: number, count: number, length: number, chance: Random): DrawnItem[] => {
    const { places = null } = options.rules?.() ?? {}
    const typical = scored.spread().mean
    places?.places.begin()
    places?.places.admit(found, 0, count)
    return draw(user, count, { length, rules: places, random: chance }).map(({ index, propensity, explored }) => {
      const item = found[index]!
      const score = scored.expected(index)
      return { index, itemId: itemId(item), score, propensity, reason: reason(user, item, explored, score > typical) }
    })
  }

  return {
    catalogue,
    asked: askedLists({ ...{ ranker, pool, scored, worths, vectors: options.vectors }, gather, draw: drawFrom }),
    describeUser: ranker.describeUser,
    foreseeUser: ranker.foreseeUser,
    mergeUsers(from, into) {
      ranker.mergeUsers(from, into)
    },
    resetUser(slot) {
      ranker.resetUser(slot)
      worths.resetUser(slot)
      lists.resetUser(slot)
      active.reset(slot)
      lastLists.reset(slot)
    },
    resetItem(slot, known = false) {
      if (!known) {
        catalogue.reset(slot)
        lists.resetItem(slot)
      }
      ranker.resetItem(slot)
      pool.reset(slot)
    },
    people: ranker.popularity.count,
    isTarget: ({ user, behaviour, reward }) =>
      options.events.roles[behaviour]?.target === true && worths.of(user, worths.number(behaviour), reward) > 0,
    observe({ user, item, met = false, behaviour: name, reward, time }) {
      const { own } = ranker
      const behaviour = worths.number(name)
      const worth = worths.of(user, behaviour, reward)
      const picked = lists.picked(user, item, time, worth)
      if (picked !== null) ranker.picked({ ...picked, weight: picked.weight * active.share(user, time) })
      const known = own.find(user, item)
      worths.learn(user, behaviour, reward, known < 0 ? 0 : own.values[known * ownChannels + 3]!)
      const more = ranker.observe({ user, item, met, time, worth, behaviours: setOf(behaviour) })
      pool.changed(item)
      catalogue.event(item, more, known < 0 && !met)
    },
    due(user, time, late) {
      const row = rows.of(user)
      return !late && time - lastList.data[row]! >= settings.everyMs
    },
    noteList,
    list(user, time, itemScores) {
      const count = gather(user, time, { allowed: mayShow(user, time), length: settings.length }, itemScores)
      if (count === 0) return []
      noteList(user, time)
      lists.keep(user, time, { candidates: found, count, ...ranker.ranked(user) })
      const drawn = drawFrom(user, count, settings.length, random)
      catalogue.listed(drawn.map(({ index }) => found[index]!))
      return drawn.map(({ itemId, score, propensity, reason }) => ({ itemId, score, propensity, reason }))
    },
    explain(user, time, items, itemScores) {
      const most = settings.candidates
      const rankings: Ranking[] = []
      for (let from = 0; from < items.length; from += most) {
        rankings.push(...explainTogether(user, time, items.slice(from, from + most), itemScores))
      }
      return rankings
    },
    save: (users, items) => ({
      ...prefixed('ranker', ranker.save(users, items)),
      ...prefixed('worths', worths.save(users)),
      ...prefixed('lists', lists.save(items)),
      ...prefixed('active', active.save(users)),
      ...prefixed('candidates', pool.save()),
      ...prefixed('catalogue', catalogue.save(items)),
      ...lastLists.save(users),
      random: random.state.slice(),
    }),
    restore(arrays) {
      const items = options.itemCount()
      ranker.restore(withPrefix('ranker', arrays), items)
      worths.restore(withPrefix('worths', arrays))
      lists.restore(withPrefix('lists', arrays))
      active.restore(withPrefix('active', arrays))
      catalogue.restore(withPrefix('catalogue', arrays))
      pool.restore(withPrefix('candidates', arrays), items)
      lastLists.restore(arrays)
      random.state.set(arrays['random'] as Uint32Array)
    },
  }
}

/** Of how many candidates the serving policy is asked about one, but about so many for each place of the list at least. */
const [refinedOf, refinedPerPlace] = [3, 2]
