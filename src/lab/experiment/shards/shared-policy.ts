import type { Policy } from '../../../predictors/baselines/policy.ts'
import type { Described } from '../admit-all.ts'
import type { Exchanged } from './exchanged.ts'
import type { PartName } from './merging.ts'
import type { Steps } from './stepped-policy.ts'

export interface ShardOptions {
  seed: number
  /** Parts that are exchanged; of others nothing is noted. */
  exchanged: readonly PartName[]
  steps: Steps
}

/** A policy, and what of it learners exchange. */
export interface SharedPolicy {
  policy: Policy & Partial<Described>
  /** Called once the policy has its users and items. */
  parts: () => Partial<Record<PartName, readonly Exchanged[]>>
}
