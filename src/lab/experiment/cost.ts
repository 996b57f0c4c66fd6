import { createEnsemble } from '../../predictors/ensemble/ensemble.ts'
import { ownPolicy } from '../../records/policy-names.ts'
import { collectScores } from './collect.ts'
import type { Experiment } from './experiment.ts'
import { learnerTrial } from './learner-trial.ts'
import { type Candidate, onePass, policyTrials } from './policy-trial.ts'

/** The ensemble with nothing around it: no actor, no lists, no gate. */
const ensembles = (['lite', 'full'] as const).map(
  (kind): Candidate => ({
    name: `${kind} ensemble`,
    random: true,
    create: ({ seed, learn: { factors, history, neighbourPairs } }) =>
      createEnsemble({ kind, factors, seed, history, neighbourPairs }),
  }),
)

/**
 * What accuracy costs: prequential scores against events a second, one thread, training included, from plain baselines to
 * the whole learner on each ensemble.
 *
 *     npx recstream experiment cost --source ml-100k
 *
 * Rates hold for the machine at that hour; run it with nothing else.
 */
export const cost: Experiment = {
  name: 'cost',
  summary: 'accuracy against events a second, from plain baselines to the whole learner',
  pipeline: 'movielens',
  trials: ({ definition: { scale }, seeds }) => [
    ...[...onePass(scale.kind), ...ensembles].flatMap(each => policyTrials(each, seeds, { collect: collectScores })),
    ...(['lite', 'full'] as const).flatMap(ensemble =>
      seeds.map(seed => {
        const label = (policy: string) => `${policy === ownPolicy ? 'whole learner' : policy}, ${ensemble} ensemble`
        return learnerTrial(seed, { collect: collectScores, label }, { change: { ensemble }, ownOnly: true })
      }),
    ),
  ],
}
