import type { FinishedTrial } from '../experiment/trial-store.ts'

/** What a policy came to: means over seeds, and the reward of each of them. */
export interface PolicyResult {
  rewardPerUserDay: {
    mean: number
    /** Standard deviation over seeds; 0 of one. */
    sd: number
    /** In the order of the seeds. */
    bySeed: number[]
    /** Of each seed's mean over its people. */
    standardError: number[]
  }
  sessionLength: number
  sessionsPerDay: number
  effectiveGenres: number
  likesPerUserDay: number
  returnRate: number
  /** The oracle index's reward per user-day with the same people, less this policy's. */
  regret: number
  /** Items shown a second: of training, or where nothing is learned, of following. */
  stepsPerSecond: number
}

/** Trials with the distance to the oracle's reward with the same people beside their other figures. */
export function withRegret(trials: readonly FinishedTrial[], oracle: string): FinishedTrial[] {
  const best = new Map(
    trials
      .filter(({ policy }) => policy === oracle)
      .map(({ seed, result }) => [seed, result.metrics['rewardPerUserDay']!]),
  )
  return trials.map(trial => {
    const { metrics } = trial.result
    const regret = best.get(trial.seed)! - metrics['rewardPerUserDay']!
    return { ...trial, result: { ...trial.result, metrics: { ...metrics, regret } } }
  })
}

/** Finished trials by policy, in the order of the labels. */
export function resultsByPolicy(
  labels: readonly string[],
  trials: readonly FinishedTrial[],
): Record<string, PolicyResult> {
  return Object.fromEntries(
    labels.map(label => {
      const own = trials.filter(({ policy }) => policy === label)
      const all = (name: string) => own.map(({ result }) => result.metrics[name] ?? Number.NaN)
      const bySeed = all('rewardPerUserDay')
      const mean = meanOf(bySeed)
      const squares = bySeed.reduce((sum, each) => sum + (each - mean) ** 2, 0)
      const sd = Math.sqrt(squares / Math.max(1, bySeed.length - 1))
      return [
        label,
        {
          rewardPerUserDay: { mean, sd, bySeed, standardError: all('standardError') },
          sessionLength: meanOf(all('sessionLength')),
          sessionsPerDay: meanOf(all('sessionsPerDay')),
          effectiveGenres: meanOf(all('effectiveGenres')),
          likesPerUserDay: meanOf(all('likesPerUserDay')),
          returnRate: meanOf(all('returnRate')),
          regret: meanOf(all('regret')),
          stepsPerSecond: meanOf(all('stepsPerSecond')),
        },
      ]
    }),
  )
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
