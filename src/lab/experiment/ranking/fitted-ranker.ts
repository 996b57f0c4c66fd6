import { ease } from '../../../ranking/ease.ts'
import { itemTags } from '../../../ranking/item-tags.ts'
import { neighbours } from '../../../ranking/neighbours.ts'
import { ownItems } from '../../../ranking/own-items.ts'
import { popularityCounts, speeds } from '../../../ranking/popularity.ts'
import { initialWeights } from '../../../ranking/rank-feature-names.ts'
import { rankFeatures } from '../../../ranking/rank-features.ts'
import { segmentAffinity } from '../../../ranking/segment-affinity.ts'
import { type SequenceScores, sequenceScores } from '../../../ranking/sequence/sequence-scores.ts'
import { stepReach } from '../../../ranking/sequence/steps.ts'
import { type SoftmaxRanker, softmaxRanker } from '../../../ranking/softmax-ranker.ts'
import { transitions } from '../../../ranking/transitions.ts'
import type { Ratings } from '../ratings.ts'
import { type HeldOut, holdOut } from './held-out.ts'
import { histories } from './histories.ts'
import { itemVectors, tokensOf } from './online-policy.ts'
import type { RankingPolicy } from './ranking-policy.ts'

/** The scores of the online ranker over a state that stands still, as of each user's event held out. */
interface StillScores extends RankingPolicy {
  readonly width: number
  readonly names: readonly string[]
  compute(user: number, candidates: Int32Array, count: number): Float64Array
}

/**
 * The online ranker where each user's last event is held out: the same scores, EASE's at several half-lives among them,
 * weighed by the same softmax, fitted in several passes over earlier events held out. With `networks` sequence networks' score
 * is one of them.
 */
export function fittedRanker(ratings: Ratings, { passes = 10, fittedOn = [3, 2], networks = 0 } = {}) {
  const scores = stillScores(ratings, networks)
  const weights = softmaxRanker({ width: scores.width, contexts: 1, initial: initialWeights(scores.names) })
  const earlier = fittedOn.map(drop => {
    const each = stillScores(ratings, networks)
    return { scores: each, heldOut: holdOut(ratings, drop, [each]) }
  })
  return {
    /** One pass over the earlier events held out; to be called `passes` times before lists are made. */
    onePass: () => {
      for (const { scores: each, heldOut } of earlier) learnHeldOut(ratings, each, heldOut, weights)
    },
    passes,
    weights,
    policy: {
      ...scores,
      name: networks > 0 ? 'online ranker with sequences' : 'online ranker',
      score(user: number, candidates: Int32Array, count: number, into: Float64Array) {
        weights.score(scores.compute(user, candidates, count), count, 0, into)
      },
    } satisfies RankingPolicy,
  }
}

function learnHeldOut(ratings: Ratings, scores: StillScores, heldOut: HeldOut, weights: SoftmaxRanker): void {
  const candidates = new Int32Array(ratings.itemIds.length)
  for (let user = 0; user < ratings.userIds.length; user++) {
    const { count, target } = heldOut.candidates(user, candidates)
    if (target >= 0) weights.learn(scores.compute(user, candidates, count), count, 0, target)
  }
}

function stillScores(ratings: Ratings, networks: number): StillScores {
  const [users, items] = [ratings.userIds.length, ratings.itemIds.length]
  const tags = itemTags()
  const own = ownItems(50, tags)
  const alike = neighbours(own, tags)
  const after = transitions(tags, { width: 1024, halfLife: halfLives[2], latelyHalfLife: halfLives[1] })
  const popular = popularityCounts(halfLives)
  const people = segmentAffinity()
  const past = histories(users, items)
  const linear = ease({ capacity: items, least: 5 })
  const sequence: SequenceScores | null =
    networks > 0 ? sequenceScores(tags, { networks, seed: 1, tokens: tokensOf(ratings) }) : null
  for (let user = 0; user < users; user++) {
    alike.resetUser(user)
    own.reset(user)
    people.resetUser(user)
    people.describe(user, ratings.userTokens[user]!)
  }
  for (let item = 0; item < items; item++) {
    for (const part of [tags, after, popular]) part.reset(item)
    people.resetItem(item)
    alike.resetItem(item)
    sequence?.reset(item)
  }

  // What is popular of late was so when the user was last seen, not at the end.
  const then = new Float32Array(users * items * speeds)
  let current = 0
  const features = rankFeatures({
    transitions: after,
    popularity: { ...popular, lately: (item, k) => then[(current * items + item) * speeds + k]! },
    own,
    neighbours: alike,
    returns: false,
    vectors: itemVectors(ratings),
    extras: [
      'segment-affinity',
      ...easeHalfLives.map(halfLife => `ease-${halfLife}`),
      ...(sequence === null ? [] : ['sequence-network']),
    ],
  })
  const history = new Int32Array(own.length)
  return {
    name: 'scores',
    width: features.names.length,
    names: features.names,
    compute(user, candidates, count) {
      current = user
      const extras = easeHalfLives.map(halfLife => {
        const before = past.newestFirst(user, 20 * halfLife)
        const scores = linear.score(before, before.length, halfLife).slice()
        return (item: number) => scores[item] ?? 0
      })
      extras.unshift(people.appeal(user))
      if (sequence !== null) {
        const before = past.newestFirst(user, stepReach)
        extras.push(sequence.scores(before, before.length))
      }
      return features.compute(user, 0, candidates, count, extras)
    },
    score() {},
    learn(user, item, time) {
      const now = { worth: 1, hours: time / 3_600_000 }
      after.learn(history, own.read(user, history), item, now.hours, 1)
      popular.learn(item, own.count(user), { worth: 0, hours: 0 }, now)
      people.learn(user, item)
      own.note(user, item, time, 1, 1)
      alike.note(user, item)
      if (past.has(user, item)) return
      const before = past.newestFirst(user)
      linear.learn(before, before.length, item)
      sequence?.learn(before, Math.min(before.length, stepReach), item)
      past.add(user, item)
    },
    hold(user) {
      for (let item = 0, at = user * items * speeds; item < items; item++) {
        for (let k = 0; k < speeds; k++) then[at++] = popular.lately(item, k)
      }
    },
    settle: () => linear.fit(),
  }
}

/** Hours. */
const halfLives = [12, 96, 1440] as const
const easeHalfLives = [3, 10, Number.POSITIVE_INFINITY]
