import type { ListRules } from '../rules/place-rules.ts'
import type { Random } from '../state/random.ts'
import type { SavedArrays } from '../state/saved-arrays.ts'

/**
 * An agent that plans: it chooses items for users, sees what comes of them and learns to gather reward over time.
 *
 *     const [{ item, propensity }] = agent.choose(user, { time, length: 1, allowed, explore: true })
 *     agent.observe(user, { item, reward, like, time, decided: time }, true)
 *     agent.train()
 *
 * Users and items are slots of whoever calls. The same calls give the same bits: no clock, no chance but the seed.
 */
export interface PlanningAgent {
  readonly name: string
  /** Somebody else has this slot now. */
  resetUser(user: number): void
  /** Whoever has this slot is forgotten: nothing of theirs is learned from again. */
  forgetUser(user: number): void
  /** The items to show to a user now, best first; fewer than asked for where fewer are allowed. */
  choose(user: number, how: Choosing): Choice[]
  /**
   * Probability that the first place shows each item, by slot; good until the next call, and nothing changes.
   *
   * What `choose` says of its first item is the same number; for off-policy estimates from another policy's log.
   */
  distribution(user: number, how: Choosing): Float64Array
  /** What an item's score comes of in a list that is made now, where scores have parts; nothing changes. */
  why?(user: number, how: Pick<Choosing, 'time' | 'explore'>, item: number): ScorePart[]
  /** The index's weights as they are learned by now, without noise, where there is an index; nothing changes. */
  index?(): LearnedIndex
  /** What the index makes of a user in a list that is made now, where there is one; nothing changes. */
  userIndex?(user: number, how: Pick<Choosing, 'time' | 'explore'>): UserIndex
  /** An item was shown to a user and this came of it. Without `learn` the user's state moves on and nothing is remembered. */
  observe(user: number, shown: Shown, learn: boolean): void
  /** How many events are observed between calls of `train`; infinite where there is nothing to train. */
  readonly trainEvery: number
  /** One training step from what was observed so far; nothing happens before there is enough of it. */
  train(): void
  /** Training steps taken, and those left out because a loss or gradient was not finite. */
  readonly steps: number
  readonly dropped: number
  /** All that was learned, and the state of users 0 … users − 1; to restore it and go on equals never having stopped. */
  save(users: number): SavedArrays
  restore(arrays: SavedArrays): void
  dispose(): void
}

/** A part of a score: a feature's value, its weight now, and the two multiplied. */
export interface ScorePart {
  feature: string
  standing: number
  weight: number
  adds: number
}

/** A feature of an index and its weight. */
export interface FeatureWeight {
  feature: string
  weight: number
}

export interface LearnedIndex {
  /** False while the base's weights serve, since the learned ones were surely worse. */
  serves: boolean
  /** Where weights follow from the state, their mean over the newest decisions. */
  weights: FeatureWeight[]
}

/** An index as it is used for one user. */
export interface UserIndex {
  /** What holds for the user's session. */
  held: 'base' | 'learned' | 'learned, with noise'
  weights: FeatureWeight[]
  /** Speeds of fatigue: after how many days away 1/e of it is left, and what share of all fatigue's weight it has. */
  speeds: { feature: string; days: number; share: number }[]
  /** What the user is tired of, most first. */
  tired: TiredOf[]
}

/** A theme, such as a genre, of which a user has lately had as much as one whole item, or more. */
export interface TiredOf {
  theme: number
  /** Since when, event time in ms. */
  since: number
  /** What being tired of it adds to the score of an item that is all of this theme. */
  adds: number
}

export interface Choosing {
  /** When the list is made, event time in ms. */
  time: number
  /** How many items. */
  length: number
  /** Items that may be chosen. */
  allowed: (item: number) => boolean
  /** What rules say of the places; absent: nothing. */
  rules?: ListRules | null
  /** Explore as the agent's own schedule says; else greedy. */
  explore: boolean
  /** Chance from elsewhere: nothing changes in the agent, and nothing is learned from the list. Absent: its own. */
  chance?: Random | undefined
}

export interface Choice {
  item: number
  /** Probability with which this place shows this item, given the places above it. */
  propensity: number
  /** What the agent ranks by, on a scale of its own. */
  score: number
}

/** What came of an item that was shown. */
export interface Shown {
  item: number
  /** In [0, 1]. */
  reward: number
  /** 1 if the user liked it, else 0. */
  like: number
  /** When, event time in ms. */
  time: number
  /** When it was chosen, ms: what the agent could know of the time since the user's last event. */
  decided: number
  /** Probability with which it was chosen, if it was chosen by a policy that says so; else 0. */
  propensity: number
}
