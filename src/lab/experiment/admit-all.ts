import type { Policy } from '../../predictors/baselines/policy.ts'
import { hashText } from '../../state/hash.ts'
import type { Ratings } from './ratings.ts'

/** A policy that may be given what is known of users and items beside events. */
export interface Described {
  describeUser(slot: number, tokens: readonly string[]): void
  describeItem(slot: number, tokens: readonly string[]): void
}

/** Users and items of a source, with what is known of them. */
export type Admitted = Pick<Ratings, 'userIds' | 'itemIds' | 'userTokens' | 'itemTokens'>

/** Give every user and item of a source its slot in a policy, and give it what is known of them where it takes that. */
export function admitAll(policy: Policy & Partial<Described>, ratings: Admitted): void {
  for (const [slot, id] of ratings.userIds.entries()) policy.resetUser(slot, hashText(id))
  for (const [slot, id] of ratings.itemIds.entries()) policy.resetItem(slot, hashText(id))
  for (const [slot, tokens] of ratings.userTokens.entries()) policy.describeUser?.(slot, tokens)
  for (const [slot, tokens] of ratings.itemTokens.entries()) policy.describeItem?.(slot, tokens)
}
