import type { PipelineDefinition } from '../../../records/definition.ts'
import type { Ratings } from '../ratings.ts'

interface Meaning {
  again: 'always' | 'never' | number
  target: boolean
  against: boolean
}

export function meaningOf(definition: PipelineDefinition, behaviour: string): Meaning {
  const { meanings } = definition as { meanings?: Record<string, Meaning> }
  return meanings?.[behaviour] ?? { again: 'never', target: true, against: false }
}

/** Which events lists are there for, and which say that the user does not want the item. */
export function targetEvents(definition: PipelineDefinition, ratings: Ratings) {
  const { scale } = definition
  const meaning = (row: number) => meaningOf(definition, ratings.event(row).behaviour)
  return {
    isTarget: (row: number) =>
      meaning(row).target && (scale.kind === 'rating' || ratings.reward[row]! >= scale.positiveFrom),
    isAgainst: (row: number) => meaning(row).against,
  }
}
