import { featureTable } from '../../../learner/features/feature-table.ts'
import { itemTokens } from '../../../ranking/item-tokens.ts'
import { onlineRanker } from '../../../ranking/online-ranker.ts'
import type { ItemVectors } from '../../../ranking/rank-features.ts'
import type { TokensOfItems } from '../../../ranking/sequence/embeddings.ts'
import { hashText } from '../../../state/hash.ts'
import type { Ratings } from '../ratings.ts'
import type { RankingPolicy } from './ranking-policy.ts'

/** The product's online ranker: it learns from every event; with `easeItems` EASE's score is one more feature, with `networks` theirs. */
export function onlinePolicy(ratings: Ratings, { width = 1024, easeItems = 0, networks = 0 } = {}): RankingPolicy {
  const ranker = onlineRanker({
    width,
    recent: easeItems > 0 ? 200 : 50,
    halfLives: [12, 96, 1440],
    returns: false,
    vectors: itemVectors(ratings),
    extraNames: [],
    easeItems,
    sequence: { networks, seed: 1, tokens: tokensOf(ratings) },
  })
  for (let user = 0; user < ratings.userIds.length; user++) {
    ranker.resetUser(user)
    ranker.describeUser(user, ratings.userTokens[user]!)
  }
  for (let item = 0; item < ratings.itemIds.length; item++) ranker.resetItem(item)
  const more = [...(easeItems > 0 ? ['EASE'] : []), ...(networks > 0 ? ['sequences'] : [])]
  return {
    name: more.length === 0 ? 'online ranker' : `online ranker with ${more.join(' and ')}`,
    score: (user, candidates, count, into) => ranker.score(user, 0, candidates, count, [], into),
    picked: (user, count, place) => ranker.picked({ ...ranker.ranked(user), count, place, weight: 1 }),
    learn: (user, item, time) => ranker.observe({ user, item, met: false, time, worth: 1, behaviours: 1 }),
  }
}

/** The items' feature tokens as numbers, as the catalogue keeps them. */
export function tokensOf(ratings: Ratings): TokensOfItems {
  const tokens = itemTokens(() => 0)
  for (const [item, each] of ratings.itemTokens.entries()) {
    tokens.reset(item)
    tokens.describe(item, each)
  }
  return tokens
}

/** The items' feature tokens as the learner hashes them. */
export function itemVectors(ratings: Ratings, width = 16): ItemVectors {
  const table = featureTable({ width })
  for (const [item, tokens] of ratings.itemTokens.entries()) {
    table.reset(item, hashText(ratings.itemIds[item]!))
    table.set(item, JSON.stringify(tokens))
  }
  // The first ones were looked at before there was evidence for anything.
  for (const [item, tokens] of ratings.itemTokens.entries()) table.set(item, JSON.stringify(tokens))
  return table
}
