import { globalMean } from '../predictors/baselines/mean.ts'
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
  const mean = globalMean()
  const pairs = Array.from({ length: baselines.length + 1 }, () => [earnedGain(loss), earnedGain(loss)] as const)
  const gainOf = (policy: number, met: boolean): EarnedGain => pairs[policy]![met ? 1 : 0]
  const named = () => pairs.flatMap((pair, p) => pair.map((gain, k) => [`${p}.${k}`, gain] as const))
  const held = (policy: number, alone: number, met: boolean) => gainOf(policy, met).apply(mean.predict(0, 0, 0), alone)
  return {
    ...{ basePolicy, besidePolicy, held },
    baseline: (policy, user, item, time, met) => held(policy, baselines[policy]!.predict(user, item, time), met),
    own: (beside, corrected, met) => gainOf(baselines.length, met).apply(beside, corrected),
    learn(alone, beside, reward, met) {
      const everybody = mean.predict(0, 0, 0)
      for (let p = 0; p < baselines.length; p++) gainOf(p, met).learn(everybody, alone[p]!, reward)
      gainOf(baselines.length, met).learn(beside, alone[baselines.length]!, reward)
      mean.learn(0, 0, reward, 0)
    },
    gains: () => pairs.map(([fresh]) => fresh.gain),
    save: () => ({
      ...prefixed('mean', mean.save(0, 0)),
      ...Object.assign({}, ...named().map(([name, gain]) => prefixed(name, gain.save()))),
    }),
    restore(arrays) {
      mean.restore(withPrefix('mean', arrays))
      for (const [name, gain] of named()) gain.restore(withPrefix(name, arrays))
    },
  }
}
