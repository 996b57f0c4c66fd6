import { bias } from '../predictors/baselines/bias.ts'
import type { Policy } from '../predictors/baselines/policy.ts'
import { popularity } from '../predictors/baselines/popularity.ts'
import { createEnsemble, type Ensemble } from '../predictors/ensemble/ensemble.ts'
import { watchRegression } from '../predictors/ensemble/watch/watch-regression.ts'
import { recordsRegression } from '../predictors/records/records-regression.ts'
import { type SignalRecords, signalRecords } from '../predictors/records/signal-records.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { basePolicy, besidePolicies, scoredPolicies } from '../records/policy-names.ts'
import type { UserRows } from '../state/user-rows.ts'
import { type EarnedRewards, earnedRewards } from './earned-rewards.ts'

/** What is scored on every event but for the networks. */
export interface ScoredParts {
  /** Names of all policies, and those without a network in the same order. */
  names: readonly string[]
  baselines: readonly Policy[]
  /** Those of them that learn and are saved by themselves; the others lie in the ensemble. */
  learners: readonly Policy[]
  popular: Policy
  biased: Policy
  ensemble: Ensemble
  /** What users did lately, of watch rewards; null for ratings. */
  records: SignalRecords | null
  /** What policies come to by what they have earned. */
  earned: EarnedRewards
}

/** The policies of a learner that has not learned anything yet. */
export function scoredPartsOf(
  { learn, scale }: Pick<PipelineDefinition, 'learn' | 'scale'>,
  rows: UserRows,
): ScoredParts {
  const popular = popularity()
  const biased = bias(undefined, rows)
  const { factors, seed, history, neighbourPairs } = learn
  const names = scoredPolicies(scale.kind)
  const logistic =
    scale.kind === 'watch'
      ? watchRegression({ weights: learn.watchWeights, rates: Math.ceil(learn.watchWeights / 2) }, rows)
      : null
  const experts = logistic === null ? [] : [logistic]
  const records = logistic === null ? null : signalRecords({ pairs: Math.ceil(learn.watchWeights / 4), rows })
  const withRecords = logistic === null ? [] : [recordsRegression({ base: logistic, records: records! })]
  const ensemble = createEnsemble({ kind: learn.ensemble, factors, seed, history, neighbourPairs, experts, rows })
  const baselines: readonly Policy[] = [popular, biased, ensemble.factorisation, ...experts, ensemble, ...withRecords]
  // What stands upon the logistic regression learns before that goes on.
  const learners: readonly Policy[] = [popular, biased, ...withRecords, ensemble]
  const numberOf = (name: string) => baselines.findIndex(each => each.name === name)
  const [plainest, other = plainest] = besidePolicies(scale.kind)
  const earned = earnedRewards(baselines, {
    basePolicy: numberOf(basePolicy(scale.kind)),
    besidePolicies: [numberOf(plainest), numberOf(other)],
    loss: scale.kind === 'watch' ? 'log' : 'squared',
  })
  return { names, baselines, learners, popular, biased, ensemble, records, earned }
}
