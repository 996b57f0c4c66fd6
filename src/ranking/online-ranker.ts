import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import type { UserRows } from '../state/user-rows.ts'
import { type Ease, ease } from './ease.ts'
import { type ItemTags, itemTags } from './item-tags.ts'
import { type Neighbours, neighbours } from './neighbours.ts'
import { type OwnItems, ownChannels, ownItems } from './own-items.ts'
import { type HalfLives, type Popularity, popularityCounts, shareOf } from './popularity.ts'
import { initialWeights } from './rank-feature-names.ts'
import { type ExtraScore, type ItemVectors, type RankFeatures, rankFeatures } from './rank-features.ts'
import type { Picked, Ranked } from './ranked-lists.ts'
import { segmentAffinity } from './segment-affinity.ts'
import { type SequenceOptions, type SequenceScores, sequenceScores } from './sequence/sequence-scores.ts'
import { type SoftmaxRanker, softmaxRanker } from './softmax-ranker.ts'
import { type Transitions, transitions } from './transitions.ts'

/**
 * One feature of an item in a list: its standing among the candidates, in deviations, and what that adds to the logit; or,
 * where an agent says its weight, its value and what the two add to a score.
 */
export interface FeatureShare {
  feature: string
  standing: number
  adds: number
  weight?: number
}

/** An event as the ranker learns from it. */
export interface RankedEvent {
  user: number
  item: number
  /** The user has had to do with the item before, be it long ago. */
  met: boolean
  /** Event time, ms. */
  time: number
  /** What it says for its item, up to 1, or against it, down to −1. */
  worth: number
  /** The set of its behaviour. */
  behaviours: number
}

/** Ranks items for users and learns from what they pick; users and items are slots. */
export interface OnlineRanker {
  readonly transitions: Transitions
  readonly tags: ItemTags
  readonly popularity: Popularity
  readonly own: OwnItems
  readonly neighbours: Neighbours
  readonly features: RankFeatures
  readonly weights: SoftmaxRanker
  /** Logits of `count` candidates into `into`; `extras` are the scores that `extraNames` names. Late scores are left out. */
  score(
    user: number,
    time: number,
    candidates: Int32Array,
    count: number,
    extras: readonly ExtraScore[],
    into: Float64Array,
  ): void
  /** The same once more, with late scores of the candidates number `places[0 … held − 1]`, [lateNames, held], which it overwrites. */
  refine(
    user: number,
    count: number,
    late: { places: Int32Array; held: number; scores: readonly Float64Array[] },
    into: Float64Array,
  ): void
  /** What each feature of candidate number `candidate`, of those that were scored last, adds to its logit. */
  why(user: number, candidate: number): FeatureShare[]
  /** The user picked candidate number `picked` of those that were scored last, before anything else was learned; `weight` is what that counts. */
  ranked(user: number): Pick<Ranked, 'features' | 'context'>
  picked(picked: Picked): void
  /** An event, picked from a list or not; returns by how much the user wants the item more than ever before. */
  observe(event: RankedEvent): number
  /** What is known of a user, as tokens such as "age=25-34". */
  describeUser(user: number, tokens: readonly string[]): void
  foreseeUser(user: number, tokens: readonly string[]): void
  /** One user's last items become another's. */
  mergeUsers(from: number, into: number): void
  resetUser(slot: number): void
  resetItem(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays, items: number): void
}

export interface OnlineRankerOptions {
  /** Items kept in the transitions of each, and of each user. */
  width: number
  recent: number
  halfLives: HalfLives
  /** Whether a user's items may come back. */
  returns: boolean
  vectors: ItemVectors
  extraNames: readonly string[]
  /** Scores that only the best candidates have; none by default. */
  lateNames?: readonly string[]
  /** Items up to which EASE's score is a feature; 0: none. */
  easeItems: number
  /** Networks whose score of what comes next is a feature; none by default. */
  sequence?: SequenceOptions
  /** Users' rows may be on disk. */
  rows?: UserRows
}

/**
 * The online ranker: cheap scores of every kind, weighed by an online softmax regression.
 *
 *     ranker.score(user, time, candidates, 200, [], logits)
 *     ranker.picked(user, 200, 17)      // it was the 18th
 *     ranker.observe({ user, item: candidates[17], met: false, time, worth: 1, behaviours: 1 })
 *
 * It counts people: what a user does again to an item is renewed or raised, not added, and an item that one user comes back
 * to all the time leads to no more than one that came once.
 */
export function onlineRanker(options: OnlineRankerOptions): OnlineRanker {
  const { halfLives } = options
  const tags = itemTags()
  const own = ownItems(options.recent, tags, { lends: true, ...(options.rows !== undefined && { rows: options.rows }) })
  const alike = neighbours(own, tags)
  const after = transitions(tags, { width: options.width, halfLife: halfLives[2], latelyHalfLife: halfLives[1] })
  const popular = popularityCounts(halfLives)
  const people = segmentAffinity(options.rows)
  const linear: Ease | null = options.easeItems > 0 ? ease({ capacity: options.easeItems }) : null
  const sequence: SequenceScores | null =
    options.sequence === undefined || options.sequence.networks === 0 ? null : sequenceScores(tags, options.sequence)
  const features = rankFeatures({
    ...{ transitions: after, popularity: popular, own, neighbours: alike },
    returns: options.returns,
    vectors: options.vectors,
    ...(options.lateNames === undefined ? {} : { late: options.lateNames }),
    extras: [
      ...options.extraNames,
      'segment-affinity',
      ...(linear === null ? [] : ['ease']),
      ...(sequence === null ? [] : ['sequence-network']),
    ],
  })
  const weights = softmaxRanker({
    width: features.names.length,
    contexts: features.contexts,
    initial: initialWeights(features.names),
  })
  const history = new Int32Array(own.length)
  const places = new Int32Array(own.length + 1)
  const room = new Float64Array(own.length + 1)
  const standing = { before: { worth: 0, hours: 0 }, now: { worth: 0, hours: 0 } }
  let matrix: Float64Array = new Float64Array(0) // [candidates, features]

  /** What EASE expects of each item after the user's last ones. */
  const easeScore = (model: Ease, user: number): ExtraScore => {
    const scores = model.score(history, Math.min(easeReach, own.read(user, history)), 10)
    return item => (item < scores.length ? scores[item]! : 0)
  }

  /**
   * The items that stood before (step −1) or after (step 1) a place of a user's row, nearest first, into `history`, and what
   * the user may still say of each and, at last, of the item at that place into `room`; returns how many.
   */
  const around = (user: number, place: number, step: -1 | 1): number => {
    const [first, end] = [own.from(user), own.to(user)]
    let held = 0
    for (let at = place + step; at >= first && at < end; at += step) {
      if (own.values[at * ownChannels + 2]! < 0) continue
      places[held] = at
      history[held++] = tags.slot(own.tags[at]!)
    }
    places[held] = place
    for (let h = 0; h <= held; h++) room[h] = Math.max(0, mostSaid - own.values[places[h]! * ownChannels + 4]!)
    return held
  }
  const noteSaid = (held: number): void => {
    for (let h = 0; h <= held; h++) own.values[places[h]! * ownChannels + 4] = mostSaid - room[h]!
  }

  return {
    ...{ transitions: after, tags, popularity: popular, own, neighbours: alike, features, weights },
    score(user, time, candidates, count, extras, into) {
      const all = [...extras, people.appeal(user)]
      if (linear !== null) all.push(easeScore(linear, user))
      if (sequence !== null) all.push(sequence.scores(history, own.read(user, history)))
      matrix = features.compute(user, time, candidates, count, all)
      weights.score(matrix, count, features.context(user), into)
    },
    refine(user, count, { places, held, scores }, into) {
      features.addLate(places, held, scores)
      weights.score(matrix, count, features.context(user), into)
    },
    why(user, candidate) {
      const effective = weights.weights(features.context(user))
      return features.names.map((feature, k) => {
        const standing = matrix[candidate * features.names.length + k]!
        return { feature, standing, adds: effective[k]! * standing }
      })
    },
    ranked: user => ({ features: matrix, context: features.context(user) }),
    picked({ features, count, context, place, weight }) {
      weights.learn(features, count, context, place, weight)
    },
    observe({ user, item, met, time, worth, behaviours }) {
      const { before, now } = standing
      const known = own.find(user, item)
      before.worth = known < 0 ? 0 : own.values[known * ownChannels + 2]!
      before.hours = known < 0 ? 0 : own.values[known * ownChannels]!
      const wanted = known >= 0 && own.values[known * ownChannels + 1]! > 0
      const events = own.count(user)
      const oldest = own.to(user) > own.from(user) ? own.values[own.from(user) * ownChannels]! : 0
      const place = own.note(user, item, time, worth, behaviours)
      now.worth = own.values[place * ownChannels + 2]!
      now.hours = own.values[place * ownChannels]!
      if (known < 0 && met && now.worth !== 0) {
        // It is counted already, as of a time before all that is still known of the user: a person is one, however many items go round.
        before.worth = now.worth
        before.hours = Math.min(oldest, now.hours)
        own.values[place * ownChannels + 4] = mostSaid
      }
      popular.learn(item, events, before, now)
      alike.changed()
      const [then, share] = [before.worth === 0 ? 0 : shareOf(before.worth), shareOf(now.worth)]
      const more = share - then
      if (more === 0) return 0
      const held = around(user, place, -1)
      after.learn(history, held, item, now.hours, more, room)
      noteSaid(held)
      // Whoever takes a dislike back wanted it once already.
      const isNew = share > 0 && then <= 0 && !wanted
      if (isNew) {
        alike.note(user, item)
        people.learn(user, item)
        sequence?.learn(history, held, item)
        if (linear !== null) {
          linear.learn(history, held, item)
          if (linear.events >= Math.max(linear.fitted + 2_500, 1.1 * linear.fitted)) linear.fit()
        }
      }
      const later = around(user, place, 1)
      if (later > 0) after.learnBackwards(history, later, item, now.hours, more, room)
      if (later > 0) noteSaid(later)
      return then < 0 && wanted ? 0 : Math.max(0, Math.max(0, now.worth) - Math.max(0, before.worth))
    },
    describeUser: people.describe,
    foreseeUser: people.foresee,
    mergeUsers: (from, into) => own.merge(from, into),
    resetUser(slot) {
      alike.resetUser(slot)
      own.reset(slot)
      people.resetUser(slot)
    },
    resetItem(slot) {
      tags.reset(slot)
      after.reset(slot)
      popular.reset(slot)
      alike.resetItem(slot)
      people.resetItem(slot)
      linear?.reset(slot)
      sequence?.reset(slot)
    },
    save: (users, items) => ({
      ...prefixed('tags', tags.save(items)),
      ...prefixed('own', own.save(users)),
      ...prefixed('neighbours', alike.save(users, items)),
      ...prefixed('transitions', after.save(items)),
      ...prefixed('demand', popular.save(items)),
      ...prefixed('audience', people.save(users, items)),
      ...prefixed('weights', weights.save()),
      ...(linear === null ? {} : prefixed('ease', linear.save())),
      ...(sequence === null ? {} : prefixed('sequence', sequence.save(items))),
    }),
    restore(arrays, items) {
      tags.restore(withPrefix('tags', arrays))
      own.restore(withPrefix('own', arrays))
      alike.restore(withPrefix('neighbours', arrays), items)
      after.restore(withPrefix('transitions', arrays))
      popular.restore(withPrefix('demand', arrays))
      people.restore(withPrefix('audience', arrays))
      weights.restore(withPrefix('weights', arrays))
      linear?.restore(withPrefix('ease', arrays))
      sequence?.restore(withPrefix('sequence', arrays))
    },
  }
}

/** What a person says of what goes with an item that comes once, at most: Σ .9^h with what came before it, and as much with what comes after. */
const mostSaid = 20

/** After six half-lives little is left of an item. */
const easeReach = 60
