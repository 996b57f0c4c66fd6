import type { ArmIndex, Score } from './model-version.ts'

/**
 * The index of an arm as scores of one number each, as the warehouse has them: the arm in the policy's place.
 *
 *     indexScores({ arm: 'plan', serves: true, weights: [{ feature: 'fatigue', weight: -0.4 }] }, 40_000)
 *     // [{ policy: 'plan', metric: 'index.fatigue', value: -0.4, events: 40_000 }, { …, metric: 'index.serves', value: 1 }]
 */
export function indexScores({ arm: policy, serves, weights }: ArmIndex, events: number): Score[] {
  const values = [
    ...weights.map(({ feature, weight }) => [feature, weight] as const),
    [servesName, Number(serves)] as const,
  ]
  return values.map(([name, value]) => ({ policy, metric: `${prefix}${name}`, value, events }))
}

/** Scores as the warehouse has them, indexes apart: what `indexScores` made of them is undone. */
export function indexApart(scores: readonly Score[]): { scores: Score[]; index: ArmIndex[] } {
  const others: Score[] = []
  const found = new Map<string, ArmIndex>()
  for (const score of scores) {
    if (!score.metric.startsWith(prefix)) {
      others.push(score)
      continue
    }
    const { policy: arm, value } = score
    const name = score.metric.slice(prefix.length)
    const index = found.get(arm) ?? { arm, serves: true, weights: [] }
    found.set(arm, index)
    if (name === servesName) index.serves = value === 1
    else index.weights.push({ feature: name, weight: value })
  }
  return { scores: others, index: [...found.values()] }
}

/** Indexes by arm, as machines get them: `{ plan: { serves: true, weights: { rating: 1, fatigue: -0.4 } } }`. */
export function indexByArm(
  index: readonly ArmIndex[],
): Record<string, { serves: boolean; weights: Record<string, number> }> {
  return Object.fromEntries(
    index.map(({ arm, serves, weights }) => {
      return [arm, { serves, weights: Object.fromEntries(weights.map(({ feature, weight }) => [feature, weight])) }]
    }),
  )
}

const prefix = 'index.'
const servesName = 'serves'
