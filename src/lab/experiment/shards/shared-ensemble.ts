import { createEnsemble, type Ensemble } from '../../../predictors/ensemble/ensemble.ts'
import { factorisationSums, itemEvidence } from './item-evidence.ts'
import { normalPosterior } from './normal-posterior.ts'
import { pairSums } from './pair-sums.ts'
import type { ShardSource } from './shard-source.ts'
import type { ShardOptions, SharedPolicy } from './shared-policy.ts'
import { itemSteps, runningMean } from './stepped-policy.ts'

/** The ensemble of a pipeline, and what of it learners exchange. */
export function sharedEnsemble(
  { learn, userIds, itemIds }: ShardSource,
  { seed, exchanged, steps }: ShardOptions,
): SharedPolicy {
  const { ensemble: kind, factors, history, neighbourPairs } = learn
  const [users, items] = [userIds.length, itemIds.length]
  const pairs = (kind === 'full' ? [0, 1] : [0]).map(set => pairSums(() => ensemble.parts.neighbours[set]!))
  const ensemble: Ensemble = createEnsemble({
    ...{ kind, factors, seed, history, neighbourPairs },
    ...(exchanged.includes('pairs') ? { onPairs: (set, each, residual) => pairs[set]!.note(each, residual) } : {}),
  })
  return {
    policy: ensemble,
    parts() {
      const { regression, factorisations, experts } = ensemble.parts
      return {
        regression: [normalPosterior(regression)],
        sums: factorisations.map(factorisationSums),
        evidence: factorisations.map(each => itemEvidence(each, items)),
        steps: experts.flatMap(each => [runningMean(each, users, items), itemSteps(each, items, steps)]),
        pairs,
      }
    },
  }
}
