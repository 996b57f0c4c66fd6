import { onlineRanker } from '../../recommend/online-ranker.ts'
import type { ItemVectors } from '../../recommend/rank-features.ts'
import { featureTable } from '../../train/features.ts'
import type { Ratings } from '../ratings.ts'
import type { RankingPolicy } from './ranking-policy.ts'

/** The product's online ranker, with room for every follower of every item and learning from every event. */
export function onlinePolicy(ratings: Ratings, width = 1024): RankingPolicy {
  const ranker = onlineRanker({ width, recent: 40, vectors: itemVectors(ratings), extraNames: [] })
  for (let user = 0; user < ratings.userIds.length; user++) ranker.resetUser(user)
  for (let item = 0; item < ratings.itemIds.length; item++) ranker.resetItem(item)
  return {
    name: 'online ranker',
    score: (user, candidates, count, into) => ranker.score(user, candidates, count, [], into),
    picked: ranker.picked,
    learn: ranker.observe,
  }
}

/** The items' feature tokens as the learner hashes them. */
export function itemVectors(ratings: Ratings, width = 16): ItemVectors {
  const table = featureTable(width)
  for (const [item, tokens] of ratings.itemTokens.entries()) {
    table.reset(item)
    table.set(item, JSON.stringify(tokens))
  }
  return table
}
