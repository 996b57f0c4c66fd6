import type { WatchRegression } from '../../../predictors/ensemble/watch/watch-exchange.ts'
import { allFade } from '../../../predictors/ensemble/watch/watch-features.ts'
import { watchDefaults } from '../../../predictors/ensemble/watch/watch-options.ts'
import { watchRegression } from '../../../predictors/ensemble/watch/watch-regression.ts'
import { everyRow } from '../../../state/user-rows.ts'
import { fadedNumbers, fadedRates } from './faded.ts'
import { keyedPosteriors, keyedSums } from './keyed.ts'
import type { ShardSource } from './shard-source.ts'
import type { ShardOptions, SharedPolicy } from './shared-policy.ts'

/** Weights of a user, alone and with what items have, are no others' business; each kind of weight begins with a variance of its own. */
const variancesOfUsers = new Set([watchDefaults.priors.user, watchDefaults.priors.userAndItemToken])

/** The logistic regression of watch rewards, and what of it learners exchange. */
export function sharedLogistic({ learn, itemIds }: ShardSource, { exchanged, steps }: ShardOptions): SharedPolicy {
  const weights = keyedPosteriors(() => policy.exchange.weights, steps)
  const rates = keyedSums(() => policy.exchange.rates)
  const weight = (key: number, prior: number) => {
    if (!variancesOfUsers.has(prior)) weights.note(key, prior)
  }
  const isAlone = exchanged.length === 0
  const policy: WatchRegression = watchRegression(
    { weights: learn.watchWeights, rates: Math.ceil(learn.watchWeights / 2) },
    everyRow,
    isAlone ? undefined : { weight, rate: rates.note },
  )
  return {
    policy,
    parts: () => ({
      weights: [weights],
      rates: [rates],
      faded: [fadedRates(policy.exchange.ofItems, itemIds.length), fadedNumbers(policy.exchange.all, allFade)],
    }),
  }
}
