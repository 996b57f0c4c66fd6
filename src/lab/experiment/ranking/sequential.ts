import { itemTags } from '../../../ranking/item-tags.ts'
import { neighbours } from '../../../ranking/neighbours.ts'
import { ownItems } from '../../../ranking/own-items.ts'
import { popularityCounts } from '../../../ranking/popularity.ts'
import { rankFeatures } from '../../../ranking/rank-features.ts'
import { transitions } from '../../../ranking/transitions.ts'
import type { MakeRankingPolicies } from './ranking-policy.ts'

/** The sequence score alone: transitions from the last ten items, damped by how popular both ends are. */
export const sequential: MakeRankingPolicies = ({ userIds, itemIds }) => {
  const tags = itemTags()
  const own = ownItems(20, tags)
  const alike = neighbours(own, tags)
  const after = transitions(tags, { width: 1024, halfLife: Number.POSITIVE_INFINITY, latelyHalfLife: 96 })
  const popular = popularityCounts([12, 96, Number.POSITIVE_INFINITY])
  const vectors = { width: 0, write: () => {} }
  const features = rankFeatures({
    ...{ transitions: after, popularity: popular, own, neighbours: alike, vectors },
    ...{ returns: false, extras: [] },
  })
  const column = features.names.indexOf('sequence')
  const history = new Int32Array(own.length)
  for (let user = 0; user < userIds.length; user++)
    for (const part of [own, { reset: alike.resetUser }]) part.reset(user)
  for (let item = 0; item < itemIds.length; item++) {
    for (const part of [tags, after, popular, { reset: alike.resetItem }]) part.reset(item)
  }
  return [
    {
      name: 'sequential transitions',
      score(user, candidates, count, into) {
        const matrix = features.compute(user, 0, candidates, count, [])
        for (let c = 0; c < count; c++) into[c] = matrix[c * features.names.length + column]!
      },
      learn(user, item, time) {
        const now = { worth: 1, hours: time / 3_600_000 }
        after.learn(history, own.read(user, history), item, now.hours, 1)
        popular.learn(item, own.count(user), { worth: 0, hours: 0 }, now)
        own.note(user, item, time, 1, 1)
      },
    },
  ]
}
