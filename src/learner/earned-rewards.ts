import type { Policy } from '../predictors/baselines/policy.ts'
import { type EarnedGain, earnedGain } from '../predictors/earned-gain.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'

/**
 * What policies expect, each held to what it has earned: a baseline beside the mean of all, ddpg-la-residual beside the
 * baseline that is named for it. Items that a user has met and those that are new to them are weighed apart.
 *
 *     const expected = earned.baseline(p, user, item, time, met)
 *     earned.own(beside, corrected, met)
 */
export interface EarnedRewards {
  /** Which of the baselines ddpg-la-residual corrects. */
  readonly basePolicy: number
  /** Which of them it is held beside. */
  readonly besidePolicy: number
  baseline(policy: number, user: number, item: number, time: number, met: boolean): number
  /** The same of what it would say by itself. */
  held(policy: number, alone: number, met: boolean): number
  /** What ddpg-la-residual comes to: `beside` is what the policy comes to beside which it is held, `corrected` what it would say by itself. */
  own(beside: number, corrected: number, met: boolean): number
  /** What each policy would have said alone of the event that is learned: the baselines in their order, then ddpg-la-residual. */
  learn(alone: Float64Array, beside: number, reward: number, met: boolean): void
  /** How much of each policy is taken now, where items are new to their users. */
  gains(): number[]
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function earnedRewards(
  baselines: readonly Policy[],
  { basePolicy, besidePolicy, loss }: { basePolicy: number; besidePolicy: number; loss: 'log' | 'squared' },
): EarnedRewards {
  // Events and rewards. A bare mean is sure of the first reward, and whoever is held beside it would gain by that alone.
  const everybody = Float64Array.of(1, 0.5)
  const mean = () => everybody[1]! / everybody[0]!
  // An actor begins as its base; what it adds before it has learned much is noise.
  const pairs = [...baselines.map(() => 'half' as const), 'little' as const].map(
    believed => [earnedGain(loss, believed), earnedGain(loss, believed)] as const,
  )
  const gainOf = (policy: number, met: boolean): EarnedGain => pairs[policy]![met ? 1 : 0]
  const named = () => pairs.flatMap((pair, p) => pair.map((gain, k) => [`${p}.${k}`, gain] as const))
  const held = (policy: number, alone: number, met: boolean) => gainOf(policy, met).apply(mean(), alone)
  return {
    ...{ basePolicy, besidePolicy, held },
    baseline: (policy, user, item, time, met) => held(policy, baselines[policy]!.predict(user, item, time), met),
    own: (beside, corrected, met) => gainOf(baselines.length, met).apply(beside, corrected),
    learn(alone, beside, reward, met) {
      for (let p = 0; p < baselines.length; p++) gainOf(p, met).learn(mean(), alone[p]!, reward)
      gainOf(baselines.length, met).learn(beside, alone[baselines.length]!, reward)
      everybody[0]! += 1
      everybody[1]! += reward
    },
    gains: () => pairs.map(([fresh]) => fresh.gain),
    save: () => ({
      everybody: everybody.slice(),
      ...Object.assign({}, ...named().map(([name, gain]) => prefixed(name, gain.save()))),
    }),
    restore(arrays) {
      everybody.set(arrays['everybody'] as Float64Array)
      for (const [name, gain] of named()) gain.restore(withPrefix(name, arrays))
    },
  }
}
