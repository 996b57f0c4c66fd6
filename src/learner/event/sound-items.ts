import { clipReward } from '../../predictors/baselines/policy.ts'
import type { RecommendedItem } from '../../records/recommendation.ts'

/**
 * The door of every list: scores within [0, 1], and no item whose score or propensity is none.
 *
 *     soundItems([{ itemId: 'a', score: 18.5, propensity: 1, reason }, { itemId: 'b', score: Number.NaN, … }])   // 'a', with 1
 */
export function soundItems(items: readonly RecommendedItem[]): RecommendedItem[] {
  if (items.every(isSound)) return items as RecommendedItem[]
  return items
    .filter(({ score, propensity }) => !Number.isNaN(score) && propensity > 0 && propensity <= 1)
    .map(item => ({ ...item, score: clipReward(item.score) }))
}

function isSound({ score, propensity }: RecommendedItem): boolean {
  return score >= 0 && score <= 1 && propensity > 0 && propensity <= 1
}
