import type { Ratings } from '../ratings.ts'
import { type Histories, histories } from './histories.ts'
import type { RankingPolicy } from './ranking-policy.ts'

/** Each user's last event but `drop − 1`, and what came before it. */
export interface HeldOut {
  /** The item held out, by user; −1 for a user with too few events. */
  readonly target: Int32Array
  /** All that policies learn: every user's events before the one held out. */
  readonly past: Histories
  /** Items the user has not had before it, into `candidates`; returns how many, and where the target stands. */
  candidates(user: number, candidates: Int32Array): { count: number; target: number }
}

/**
 * Lets policies learn, in order of time, all but each user's last `drop` events, and holds out the first of those.
 *
 * Drop 1 is the test: the last event of each user. Drops 2, 3 … are earlier events, from which weights may be fitted.
 */
export function holdOut(ratings: Ratings, drop: number, policies: readonly RankingPolicy[]): HeldOut {
  const [users, items] = [ratings.userIds.length, ratings.itemIds.length]
  const left = new Int32Array(users)
  for (let row = 0; row < ratings.length; row++) left[ratings.user[row]!]! += 1
  for (let user = 0; user < users; user++) left[user]! -= drop
  const target = new Int32Array(users).fill(-1)
  const past = histories(users, items)
  for (let row = 0; row < ratings.length; row++) {
    const [user, item] = [ratings.user[row]!, ratings.item[row]!]
    if (left[user] === 0) target[user] = item
    left[user]! -= 1
    if (left[user]! < 0) continue
    for (const policy of policies) policy.learn(user, item, ratings.time[row]!)
    past.add(user, item)
    if (left[user] === 0) for (const policy of policies) policy.hold?.(user)
  }
  for (const policy of policies) policy.settle?.()
  return {
    target,
    past,
    candidates(user, candidates) {
      let [count, at] = [0, -1]
      for (let item = 0; item < items; item++) {
        if (past.has(user, item)) continue
        if (item === target[user]) at = count
        candidates[count++] = item
      }
      return { count, target: at }
    },
  }
}
