import { ease } from '../../../ranking/ease.ts'
import { histories } from './histories.ts'
import type { MakeRankingPolicies, RankingPolicy } from './ranking-policy.ts'

/** EASE over all of a user's items, and over items that count half after 3, 5 and 10 further ones; fitted as events grow by a tenth. */
export const linearItems: MakeRankingPolicies = ({ userIds, itemIds }) => {
  const past = histories(userIds.length, itemIds.length)
  const model = ease({ capacity: itemIds.length, least: 5 })
  const learn = (user: number, item: number) => {
    if (past.has(user, item)) return
    const before = past.newestFirst(user)
    model.learn(before, before.length, item)
    past.add(user, item)
    if (model.events >= Math.max(model.fitted + 2_500, 1.1 * model.fitted)) model.fit()
  }
  const settle = () => {
    if (model.fitted < model.events) model.fit()
  }
  const policy = (name: string, halfLife: number): RankingPolicy => ({
    name,
    score(user, candidates, count, into) {
      // After twenty half-lives nothing is left of an item.
      const before = past.newestFirst(user, 20 * halfLife)
      const scores = model.score(before, before.length, halfLife)
      for (let c = 0; c < count; c++) into[c] = scores[candidates[c]!] ?? 0
    },
    learn() {},
  })
  return [
    { ...policy('EASE', Number.POSITIVE_INFINITY), learn, settle },
    policy('EASE, half-life 3', 3),
    policy('EASE, half-life 5', 5),
    policy('EASE, half-life 10', 10),
  ]
}
