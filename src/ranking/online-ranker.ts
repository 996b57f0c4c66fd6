import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'
import { type Ease, ease } from './ease.ts'
import { itemTags } from './item-tags.ts'
import { type Popularity, popularityCounts } from './popularity.ts'
import { type ExtraScore, type ItemVectors, initialWeights, type RankFeatures, rankFeatures } from './rank-features.ts'
import { type RecentItems, recentItems } from './recent-items.ts'
import { segmentAffinity } from './segment-affinity.ts'
import { type SoftmaxRanker, softmaxRanker } from './softmax-ranker.ts'
import { type Transitions, transitions } from './transitions.ts'

/** One feature of an item in a list: its standing among the candidates, in deviations, and what that adds to the logit. */
export interface FeatureShare {
  feature: string
  standing: number
  adds: number
}

/** Ranks items for users and learns from what they pick; users and items are slots. */
export interface OnlineRanker {
  readonly transitions: Transitions
  readonly popularity: Popularity
  readonly recent: RecentItems
  readonly features: RankFeatures
  readonly weights: SoftmaxRanker
  /** Logits of `count` candidates into `into`; `extras` are the scores that `extraNames` names. */
  score(
    user: number,
    time: number,
    candidates: Int32Array,
    count: number,
    extras: readonly ExtraScore[],
    into: Float64Array,
  ): void
  /** What each feature of candidate number `candidate`, of those that were scored last, adds to its logit. */
  why(user: number, candidate: number): FeatureShare[]
  /** The user picked candidate number `picked` of those that were scored last, before anything else was learned. */
  picked(user: number, count: number, picked: number): void
  /** An event, picked from a list or not. */
  observe(user: number, item: number): void
  /** What is known of a user, as tokens such as "age=25-34". */
  describeUser(user: number, tokens: readonly string[]): void
  resetUser(slot: number): void
  resetItem(slot: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export interface OnlineRankerOptions {
  /** Items kept in the transitions of each, and of each user. */
  width: number
  recent: number
  vectors: ItemVectors
  extraNames: readonly string[]
  /** Items up to which EASE's score is a feature; 0: none. */
  easeItems: number
}

/**
 * The online ranker: cheap scores of every kind, weighed by an online softmax regression.
 *
 *     ranker.score(user, time, candidates, 200, [], logits)
 *     ranker.picked(user, 200, 17)      // it was the 18th
 *     ranker.observe(user, candidates[17])
 */
export function onlineRanker(options: OnlineRankerOptions): OnlineRanker {
  const tags = itemTags()
  const recent = recentItems(options.recent, tags)
  const after = transitions(tags, { width: options.width })
  const popular = popularityCounts()
  const people = segmentAffinity()
  const linear: Ease | null = options.easeItems > 0 ? ease({ capacity: options.easeItems }) : null
  const features = rankFeatures({
    transitions: after,
    popularity: popular,
    recent,
    vectors: options.vectors,
    extras: [...options.extraNames, 'segment-affinity', ...(linear === null ? [] : ['ease'])],
  })
  const weights = softmaxRanker({
    width: features.names.length,
    contexts: features.contexts,
    initial: initialWeights(features.names),
  })
  const history = new Int32Array(recent.length)
  let matrix: Float64Array = new Float64Array(0) // [candidates, features]

  /** What EASE expects of each item after the user's last ones. */
  const easeScore = (model: Ease, user: number): ExtraScore => {
    const scores = model.score(history, Math.min(easeReach, recent.read(user, history)), 10)
    return item => (item < scores.length ? scores[item]! : 0)
  }

  return {
    ...{ transitions: after, popularity: popular, recent, features, weights },
    score(user, _time, candidates, count, extras, into) {
      const appeal = people.appeal(user)
      const all = [...extras, (item: number) => appeal(item, popular.count(item))]
      if (linear !== null) all.push(easeScore(linear, user))
      matrix = features.compute(user, candidates, count, all)
      weights.score(matrix, count, features.context(user), into)
    },
    why(user, candidate) {
      const effective = weights.weights(features.context(user))
      return features.names.map((feature, k) => {
        const standing = matrix[candidate * features.names.length + k]!
        return { feature, standing, adds: effective[k]! * standing }
      })
    },
    picked: (user, count, picked) => weights.learn(matrix, count, features.context(user), picked),
    observe(user, item) {
      const held = recent.read(user, history)
      after.learn(history, held, item)
      if (linear !== null) {
        linear.learn(history, held, item)
        if (linear.events >= Math.max(linear.fitted + 2_500, 1.1 * linear.fitted)) linear.fit()
      }
      popular.learn(item, recent.count(user))
      people.learn(user, item)
      recent.add(user, item)
    },
    describeUser: people.describe,
    resetUser(slot) {
      recent.reset(slot)
      people.resetUser(slot)
    },
    resetItem(slot) {
      tags.reset(slot)
      after.reset(slot)
      popular.reset(slot)
      people.resetItem(slot)
      linear?.reset(slot)
    },
    save: (users, items) => ({
      ...prefixed('tags', tags.save(items)),
      ...prefixed('recent', recent.save(users)),
      ...prefixed('transitions', after.save(items)),
      ...prefixed('demand', popular.save(items)),
      ...prefixed('audience', people.save(users, items)),
      ...prefixed('weights', weights.save()),
      ...(linear === null ? {} : prefixed('ease', linear.save())),
    }),
    restore(arrays) {
      tags.restore(withPrefix('tags', arrays))
      recent.restore(withPrefix('recent', arrays))
      after.restore(withPrefix('transitions', arrays))
      popular.restore(withPrefix('demand', arrays))
      people.restore(withPrefix('audience', arrays))
      weights.restore(withPrefix('weights', arrays))
      linear?.restore(withPrefix('ease', arrays))
    },
  }
}

/** After six half-lives little is left of an item. */
const easeReach = 60
