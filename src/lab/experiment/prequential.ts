import { collectScores } from './collect.ts'
import type { Experiment } from './experiment.ts'
import { learnerTrial } from './learner-trial.ts'
import { onePass, policyTrials } from './policy-trial.ts'

/**
 * Every event of a source in order of time: predicted, scored, then learned from, by all policies alike.
 *
 *     npx recstream experiment prequential --source ml-100k
 *
 * Baselines that cannot learn per event have no place here; `per-user-80-20` has them.
 */
export const prequential: Experiment = {
  name: 'prequential',
  summary: 'predict every event before learning from it, in one pass',
  pipeline: 'movielens',
  trials: ({ definition: { scale }, seeds }) => [
    ...onePass(scale.kind).flatMap(each => policyTrials(each, seeds, { collect: collectScores })),
    ...seeds.map(seed => learnerTrial(seed, { collect: collectScores }, scale)),
  ],
}
