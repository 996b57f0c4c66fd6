import { collectScores } from './collect.ts'
import type { Experiment } from './experiment.ts'
import { learnerTrial } from './learner-trial.ts'

/**
 * Every event of a source in order of time: predicted, scored, then learned from, by all policies alike.
 *
 *     npx recstream experiment prequential --source ml-100k
 */
export const prequential: Experiment = {
  name: 'prequential',
  summary: 'predict every event before learning from it, in one pass',
  pipeline: 'movielens',
  trials: ({ seeds }) => seeds.map(seed => learnerTrial({ seed, collect: collectScores })),
}
