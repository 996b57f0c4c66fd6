import type { Choice } from '../../agents/planning-agent.ts'
import type { ArmPolicy } from '../../records/definition.ts'
import type { RecommendedItem } from '../../records/recommendation.ts'

/**
 * The list of what an arm's agent chose, with a reason for each item.
 *
 * `score` is what `expect` says, the reward that the champion expects: one scale for every arm. What an agent ranks by is
 * worth over time, on a scale of its own.
 */
export function plannedItems(
  choices: readonly Choice[],
  { policy, itemId, expect }: { policy: ArmPolicy; itemId: (slot: number) => string; expect: (item: number) => number },
): RecommendedItem[] {
  return choices.map(({ item, propensity }) => ({
    itemId: itemId(item),
    score: expect(item),
    propensity,
    reason: reason(policy, propensity),
  }))
}

/** An agent does not say which place explores; what it shows against the odds most likely does. */
function reason(policy: ArmPolicy, propensity: number): string {
  if (policy === 'random') return 'picked at random'
  if (policy === 'popularity') return 'popular with everybody'
  if (propensity < 0.5) return 'exploring'
  return policy === 'myopic' ? 'worth most now' : 'worth most over time'
}
