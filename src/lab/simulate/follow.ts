import { entropy } from './entropy.ts'
import type { PolicyFor } from './policy.ts'
import type { Population } from './world/population.ts'
import type { WorldSettings } from './world/settings.ts'
import { createWorld } from './world/world.ts'

/** What following people came to. */
export interface Followed {
  people: number
  /** Items shown in all. */
  steps: number
  /** Share watched, summed over a person's days, a day; and the standard error of its mean over people. */
  rewardPerUserDay: number
  standardError: number
  /** Items in a session. */
  sessionLength: number
  sessionsPerDay: number
  /** e to the entropy of the genres that a person was shown, mean over people: 1, always the same, to 18, all alike. */
  effectiveGenres: number
  likesPerUserDay: number
  /** Share of sessions after which the person was back within a day. */
  returnRate: number
}

export interface Following {
  population: Population
  settings: WorldSettings
  /** How many people; each lives its days once. */
  people: number
  /** Of the people: give one that nothing was trained on. */
  seed: number
  policy: PolicyFor
}

/**
 * Let fresh people live their days under a policy that does not change.
 *
 *     follow({ population, settings: worlds.saturating, people: 256, seed: 1001, policy: random }).rewardPerUserDay   // 12.7
 *
 * Each person counts alike, however long or often it came; sums over slots would count people who come often more than once.
 * The same seed brings the same people, in the same order, to every policy.
 */
export function follow({ onPerson, ...following }: Following & { onPerson?: (share: number) => void }): Followed {
  const walk = followOneByOne(following)
  for (;;) {
    const { done, value } = walk.next()
    if (done) return value
    onPerson?.(value)
  }
}

/** The same with a pause after each person, at which the share done is reported. */
export function* followOneByOne(following: Following): Generator<number, Followed> {
  const { population, settings, people, seed, policy: create } = following
  const world = createWorld({ population, settings, slots: people, seed })
  const policy = create(world, seed)
  const { genres, truth } = population
  const width = genres.length
  const rewards = new Float64Array(people)
  const shown = new Float64Array(width)
  let [steps, sessions, likes, returns, diversity] = [0, 0, 0, 0, 0]
  for (let slot = 0; slot < people; slot++) {
    shown.fill(0)
    for (let here = true; here; ) {
      const item = policy.choose(slot)
      const outcome = world.show(slot, item)
      policy.observe(slot, item, outcome)
      steps += 1
      rewards[slot]! += outcome.watch
      likes += outcome.like
      if (outcome.ended) sessions += 1
      if (outcome.ended && outcome.gapDays <= 1) returns += 1
      for (let genre = 0; genre < width; genre++) shown[genre]! += truth.shares[item * width + genre]!
      here = !outcome.replaced
    }
    diversity += Math.exp(entropy(shown))
    yield (slot + 1) / people
  }
  const perDay = rewards.map(reward => reward / settings.days)
  const mean = perDay.reduce((sum, each) => sum + each, 0) / people
  const squares = perDay.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return {
    people,
    steps,
    rewardPerUserDay: mean,
    standardError: Math.sqrt(squares / Math.max(1, people - 1) / people),
    sessionLength: steps / sessions,
    sessionsPerDay: sessions / people / settings.days,
    effectiveGenres: diversity / people,
    likesPerUserDay: likes / people / settings.days,
    returnRate: returns / sessions,
  }
}
