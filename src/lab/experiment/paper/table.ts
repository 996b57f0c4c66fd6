import { baselines } from '../../../predictors/baselines/registry.ts'
import type { Experiment } from '../experiment.ts'
import { learnerTrial } from '../learner-trial.ts'
import { frozen } from '../per-user-80-20.ts'
import { seededTrials, staticTrial } from '../static-trial.ts'
import { paperTrial } from './trial.ts'
import { guardedForm, ourForm, paperForm, supervisedForm } from './variants.ts'

/** The baselines of the paper's table, and River's factorisation beside them. */
const compared = [
  ...['mean', 'bias', 'popularity', 'knn-basic', 'knn-with-means', 'knn-baseline'],
  ...['svd', 'svd++', 'nmf', 'biased-mf'],
]

/** The paper's table on one data set: baselines, DDPG-LA in both forms, and the product's learner, all of them frozen. */
export function paperTable(name: string, summary: string): Experiment {
  return {
    name,
    summary,
    pipeline: 'movielens',
    trials: ({ seeds }) => [
      ...seededTrials(
        baselines.filter(each => compared.includes(each.name)),
        seeds,
        staticTrial,
      ),
      ...[paperForm, guardedForm, ourForm, supervisedForm].flatMap(form => seeds.map(seed => paperTrial(form, seed))),
      ...seeds.map(seed => learnerTrial(seed, frozen)),
    ],
  }
}
