import { itemTags } from '../../../ranking/item-tags.ts'
import { popularityCounts } from '../../../ranking/popularity.ts'
import { rankFeatures } from '../../../ranking/rank-features.ts'
import { recentItems } from '../../../ranking/recent-items.ts'
import { transitions } from '../../../ranking/transitions.ts'
import type { MakeRankingPolicies } from './ranking-policy.ts'

/** The sequence score alone: transitions from the last ten items, damped by how popular both ends are. */
export const sequential: MakeRankingPolicies = ({ userIds, itemIds }) => {
  const tags = itemTags()
  const recent = recentItems(20, tags)
  const after = transitions(tags, { width: 1024 })
  const popular = popularityCounts()
  const vectors = { width: 0, write: () => {} }
  const features = rankFeatures({ transitions: after, popularity: popular, recent, vectors, extras: [] })
  const column = features.names.indexOf('sequence')
  const history = new Int32Array(recent.length)
  for (let user = 0; user < userIds.length; user++) recent.reset(user)
  for (let item = 0; item < itemIds.length; item++) for (const part of [tags, after, popular]) part.reset(item)
  return [
    {
      name: 'sequential transitions',
      score(user, candidates, count, into) {
        const matrix = features.compute(user, candidates, count, [])
        for (let c = 0; c < count; c++) into[c] = matrix[c * features.names.length + column]!
      },
      learn(user, item) {
        after.learn(history, recent.read(user, history), item)
        popular.learn(item, recent.count(user))
        recent.add(user, item)
      },
    },
  ]
}
