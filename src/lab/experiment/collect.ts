import type { TrialContext, TrialResult } from './experiment.ts'
import { createScoring } from './scoring.ts'

/** Takes one policy's predictions of rows, rewards in [0, 1], and says what they come to. */
export interface Collector {
  add(row: number, predicted: number): void
  result(): TrialResult
}

export type Collect = (context: Pick<TrialContext, 'definition' | 'ratings'>) => Collector

/** The scores of the pipeline's scale over all rows, and what each user adds to them. */
export const collectScores: Collect = ({ definition, ratings }) => {
  const { user, reward, userIds } = ratings
  const scoring = createScoring(definition.scale, userIds.length)
  return {
    add: (row, predicted) => scoring.add(user[row]!, predicted, reward[row]!),
    result: () => scoring.result(),
  }
}
