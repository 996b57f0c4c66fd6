import type { Policy } from '../../baselines/policy.ts'
import type { BayesianLogistic } from './bayesian-logistic.ts'
import type { KeyTable } from './key-table.ts'
import type { RecentRates } from './recent-rates.ts'

export interface WatchRegression extends Policy {
  /** What is known of a user beside events; a token that begins with "@" says what surrounds the event at hand. */
  describeUser(slot: number, tokens: readonly string[]): void
  describeItem(slot: number, tokens: readonly string[]): void
  readonly model: Pick<BayesianLogistic, 'held' | 'weight'>
  readonly exchange: WatchExchange
}

/** What a regression of watch rewards knows of what several users share, for learners with different users. Live, all of it. */
export interface WatchExchange {
  /** By key of a feature: how far the mean of its weight lies from where it began, and its evidence. */
  readonly weights: KeyTable
  /** By key of a pair: sum of rewards, events. */
  readonly rates: KeyTable
  readonly ofItems: RecentRates
  /** Events and rewards of late; each fades with each event. */
  readonly all: Float64Array
}

/** Told of what an event is about to change. */
export interface WatchListener {
  /** A feature's weight, whose variance was `prior` before anything was learned. */
  weight(key: number, prior: number): void
  /** A rate of an item or a token of items. */
  rate(key: number): void
}
