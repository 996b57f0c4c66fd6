import { entropy } from '../entropy.ts'
import type { Outcome } from '../world/world.ts'

/** What the people of an arm came to; each counts from the first list on, under the arm that made it. */
export interface ArmTally {
  arm: string
  /** The policy of its newest first list. */
  policy: string
  /** People whose days are over. */
  people: number
  /** Share watched, summed over a person's days, a day: over people its mean, standard deviation and standard error of the mean. */
  rewardPerUserDay: { mean: number; sd: number; standardError: number }
  /** Items in a session. */
  sessionLength: number
  sessionsPerDay: number
  /** Share of sessions after which the person was back within a day. */
  returnRate: number
  /** e to the entropy of the genres that a person was shown, mean over people. */
  effectiveGenres: number
  likesPerUserDay: number
}

export interface Tally {
  /** Somebody got a list that answers an event of this time, ms; the first one decides on the arm. */
  listed(slot: number, list: { arm: string; policy: string; time: number }): void
  /** What came of an item that was shown to the person in a slot. */
  shown(slot: number, item: number, outcome: Outcome): void
  /**
   * By arm, in the order of names, over those whose days were over at a time, ms: since a first list was made. Whoever leaves
   * for long is known early not to come back in time; to count that person before others came as early would be unfair.
   */
  arms(time: number): ArmTally[]
}

/** One stay of one person, from the first list on. */
interface Stay {
  arm: string
  policy: string
  /** When the first list was made, ms. */
  from: number
  reward: number
  likes: number
  steps: number
  sessions: number
  returns: number
  genres: Float64Array
}

const dayMs = 86_400_000

/**
 * Sums up what people do, by the arm of their first list, over so many days from that list on: what the arms report sees too.
 *
 *     tally.listed(slot, { arm: 'myopic', policy: 'myopic', time })
 *     tally.shown(slot, item, world.show(slot, item))
 *     tally.arms(now)[0].rewardPerUserDay.mean
 */
export function createTally(options: { slots: number; days: number; genres: number; shares: Float64Array }): Tally {
  const { slots, days, genres: width, shares } = options
  const here: (Stay | null)[] = new Array(slots).fill(null)
  const stays: Stay[] = []

  const summary = (arm: string, people: readonly Stay[]): ArmTally => {
    const sum = (of: (stay: Stay) => number) => people.reduce((total, stay) => total + of(stay), 0)
    const { length: count } = people
    const mean = sum(stay => stay.reward) / days / count
    const sd = Math.sqrt(sum(stay => (stay.reward / days - mean) ** 2) / Math.max(1, count - 1))
    const sessions = sum(stay => stay.sessions)
    return {
      ...{ arm, policy: people.at(-1)!.policy, people: count },
      rewardPerUserDay: { mean, sd, standardError: sd / Math.sqrt(count) },
      sessionLength: sum(stay => stay.steps) / sessions,
      sessionsPerDay: sessions / count / days,
      returnRate: sum(stay => stay.returns) / sessions,
      effectiveGenres: sum(stay => (stay.steps === 0 ? 0 : Math.exp(entropy(stay.genres)))) / count,
      likesPerUserDay: sum(stay => stay.likes) / count / days,
    }
  }

  return {
    listed(slot, { arm, policy, time }) {
      if (here[slot] != null) return
      const nothing = { reward: 0, likes: 0, steps: 0, sessions: 0, returns: 0 }
      const stay = { arm, policy, from: time, ...nothing, genres: new Float64Array(width) }
      here[slot] = stay
      stays.push(stay)
    },
    shown(slot, item, { watch, like, time, ended, gapDays, replaced }) {
      const stay = here[slot]
      // What was shown before the first list is no arm's doing, and a last session may go on beyond the days.
      if (stay != null && time <= stay.from + days * dayMs) {
        stay.reward += watch
        stay.likes += like
        stay.steps += 1
        if (ended) stay.sessions += 1
        if (ended && gapDays <= 1) stay.returns += 1
        for (let k = 0; k < width; k++) stay.genres[k]! += shares[item * width + k]!
      }
      if (replaced) here[slot] = null
    },
    arms(time) {
      const over = stays.filter(({ from }) => from + days * dayMs <= time)
      const names = [...new Set(over.map(({ arm }) => arm))].sort()
      return names.map(name =>
        summary(
          name,
          over.filter(({ arm }) => arm === name),
        ),
      )
    },
  }
}
