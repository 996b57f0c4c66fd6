import type { Ratings } from '../ratings.ts'

/** Ranks items for a user and learns event by event; users and items are slots of the experiment's ratings. */
export interface RankingPolicy {
  readonly name: string
  /** Scores of `count` candidates into `into`, higher is better. */
  score(user: number, candidates: Int32Array, count: number, into: Float64Array): void
  /** Which of the candidates that were scored last was picked, before `learn` is called with it; for those that learn to rank. */
  picked?(user: number, count: number, picked: number): void
  /** An event; its time in ms. */
  learn(user: number, item: number, time: number): void
  /** The user's last event before the one held out has been learned: note what depends on the moment. */
  hold?(user: number): void
  /** Nothing more is learned before lists are asked for: fit what is fitted. */
  settle?(): void
}

/** Makes policies for the users and items of some ratings, nothing learned yet; several may share what is costly. */
export type MakeRankingPolicies = (ratings: Ratings) => RankingPolicy[]
