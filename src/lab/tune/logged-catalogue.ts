import type { Catalogue } from '../../agents/catalogue.ts'
import { learnerCatalogue } from '../../learner/arms/learner-catalogue.ts'
import { featureTable } from '../../learner/features/feature-table.ts'
import { bayesianFactorisation } from '../../predictors/ensemble/bayesian-factorisation.ts'
import type { PipelineDefinition } from '../../records/definition.ts'
import { hashText } from '../../state/hash.ts'
import { admitAll } from '../experiment/admit-all.ts'
import type { Ratings } from '../experiment/ratings.ts'

/** What agents know of a log's users and items while it is read, as a pipeline's learner would give it to them. */
export interface LoggedCatalogue extends Catalogue {
  /** An item has been seen; until then agents do not know that it is there. Items come in the order of their slots. */
  admit(item: number): void
  /** Learn from a row what there is to know of its user and item. */
  learn(row: number): void
  /** Let agents see what was learned of items by now. */
  refresh(): void
}

/**
 * The learner's own catalogue, fed from a log: numbers that features give, else a factorisation of what was learned so far.
 *
 *     const catalogue = loggedCatalogue(definition, ratings, 1)
 *     catalogue.admit(ratings.item[0]!)
 *     catalogue.learn(0)
 */
export function loggedCatalogue(definition: PipelineDefinition, ratings: Ratings, seed: number): LoggedCatalogue {
  const { factors, history } = definition.learn
  const factorisation = bayesianFactorisation({ factors, seed, history })
  admitAll(factorisation, ratings)
  let admitted = 0
  const userFeatures = featureTable({ measured: (slot, tokens) => catalogue.measureUser(slot, tokens) })
  const itemFeatures = featureTable({
    changed: (slot, counted, all) => catalogue.describeItem(slot, counted, all),
    measured: (slot, tokens) => catalogue.measureItem(slot, tokens),
  })
  const catalogue = learnerCatalogue({
    ...{ plan: definition.plan, factorisation, userFeatures, itemFeatures },
    itemCount: () => admitted,
    // Here items without events are not placed by their features.
    foresee() {},
  })
  for (const [slot, tokens] of ratings.userTokens.entries()) {
    catalogue.resetUser(slot)
    userFeatures.reset(slot, hashText(ratings.userIds[slot]!))
    userFeatures.set(slot, JSON.stringify(tokens))
  }
  for (const [slot, tokens] of ratings.itemTokens.entries()) {
    catalogue.resetItem(slot)
    itemFeatures.reset(slot, hashText(ratings.itemIds[slot]!))
    itemFeatures.set(slot, JSON.stringify(tokens))
  }
  return Object.assign(catalogue, {
    admit(item: number) {
      for (; admitted <= item; admitted++) catalogue.admittedItem(admitted)
    },
    learn(row: number) {
      catalogue.met(ratings.item[row]!, ratings.time[row]!)
      factorisation.learn(ratings.user[row]!, ratings.item[row]!, ratings.reward[row]!, ratings.time[row]!)
    },
  })
}
