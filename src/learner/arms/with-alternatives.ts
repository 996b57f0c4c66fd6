import type { RecommendedItem } from '../../records/recommendation.ts'
import type { IdTable } from '../../state/id-table.ts'
import type { AskedChoosing, LiveArms } from './live-arms.ts'

/** A list that says of its first place what the agents of the other arms would have done there. */
export function withAlternatives(
  list: RecommendedItem[],
  arms: LiveArms,
  {
    user,
    arm,
    time,
    items,
    how,
  }: { user: number; arm: number; time: number; items: Pick<IdTable, 'find' | 'id'>; how?: AskedChoosing },
): RecommendedItem[] {
  const [first, ...rest] = list
  if (first === undefined) return list
  const others = arms.others(user, arm, time, items.find(first.itemId), how)
  if (others.length === 0) return list
  const alternatives = others.map(({ arm, propensity, item }) => [arm, { propensity, itemId: items.id(item) }])
  return [{ ...first, alternatives: Object.fromEntries(alternatives) }, ...rest]
}
