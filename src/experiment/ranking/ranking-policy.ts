import type { Ratings } from '../ratings.ts'

/** Ranks items for a user and learns event by event; users and items are slots of the experiment's ratings. */
export interface RankingPolicy {
  readonly name: string
  /** Scores of `count` candidates into `into`, higher is better. */
  score(user: number, candidates: Int32Array, count: number, into: Float64Array): void
  /**
   * The candidate that was picked of those that were scored last; called before `learn` of that event.
   *
   * Only policies that learn to rank need it.
   */
  picked?(user: number, count: number, picked: number): void
  learn(user: number, item: number): void
}

/** Makes a policy for the users and items of some ratings, nothing learned yet. */
export type MakeRankingPolicy = (ratings: Ratings) => RankingPolicy
