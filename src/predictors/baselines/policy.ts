import type { SavedArrays } from '../../state/saved-arrays.ts'

/**
 * Anything that predicts a reward and learns from the real one; users and items are slots of bounded id tables.
 *
 *     const predicted = policy.predict(user, item, time)   // in [0, 1]
 *     policy.learn(user, item, reward, time)
 *
 * A slot must be reset before it is used for the first time, and again when it passes to another id.
 */
export interface Policy {
  readonly name: string
  /** Expected reward in [0, 1]; `time` in ms. */
  predict(user: number, item: number, time: number): number
  learn(user: number, item: number, reward: number, time: number): void
  /** Learn again from all that was seen, for policies that cannot learn per event; called at a split or by a schedule. */
  fit?(): void
  /** `fit` in steps, each giving the share done; whoever stops early leaves what was fitted before in place. */
  fitSteps?(): Iterable<number>
  /** Forget what is known of a slot; `hash` is of the id that it holds from now on. */
  resetUser(slot: number, hash: number): void
  resetItem(slot: number, hash: number): void
  /**
   * The slot passes to an item that is known and has had no event, and no item with events had it. What items share may not
   * change by that; without it `resetItem` does as well.
   */
  knowItem?(slot: number, hash: number): void
  /** A guest stands in a slot that is nobody's, and no event of it will come; what is shared may not change by that. Without it `resetUser` does as well. */
  guestUser?(slot: number, hash: number): void
  /** What is known of one user is added to what is known of another: they are one. */
  mergeUsers?(from: number, into: number): void
  save(users: number, items: number): SavedArrays
  restore(arrays: SavedArrays): void
}

export const clipReward = (value: number): number => Math.max(0, Math.min(1, value))

/**
 * Let a policy learn rewards alone: what is not finite is left out, what lies beyond [0, 1] counts as its nearer end. One
 * NaN would else be in every later prediction.
 */
export function learningRewards<P extends Policy>(policy: P): P {
  const { learn } = policy
  policy.learn = (user, item, reward, time) => {
    if (Number.isFinite(reward)) learn.call(policy, user, item, clipReward(reward), time)
  }
  return policy
}
