import type { Policy } from '../predictors/baselines/policy.ts'
import { type EarnedGain, earnedGain } from '../predictors/earned-gain.ts'
import { prefixed, type SavedArrays, withPrefix } from '../state/saved-arrays.ts'

/**
 * What policies expect, each held to what it has earned: a baseline beside the mean of all, ddpg-la-residual beside one or two
 * baselines that are named for it. Items that a user has met and those that are new to them are weighed apart.
 *
 *     const expected = earned.baseline(p, user, item, time, met)
 *     earned.own(earned.beside(p => expected[p], met), corrected, met)
 */
export interface EarnedRewards {
  /** Which of the baselines ddpg-la-residual corrects. */
  readonly basePolicy: number
  baseline(policy: number, user: number, item: number, time: number, met: boolean): number
  /** The same of what it would say by itself. */
  held(policy: number, alone: number, met: boolean): number
  /** What ddpg-la-residual is held beside: whichever of its baselines earned more, by what `baseline` says of a policy. */
  beside(baseline: (policy: number) => number, met: boolean): number
  /** What ddpg-la-residual comes to: `corrected` is what it would say by itself. */
  own(beside: number, corrected: number, met: boolean): number
  /** What each policy would have said alone of the event that is learned: the baselines in their order, then ddpg-la-residual. */
  learn(alone: Float64Array, reward: number, met: boolean): void
  /** How much of each policy is taken now, where items are new to their users. */
  gains(): number[]
  save(): SavedArrays
  restore(arrays: SavedArrays): void
}

export function earnedRewards(
  baselines: readonly Policy[],
  {
    basePolicy,
    besidePolicies: [plainest, other],
    loss,
  }: {
    basePolicy: number
    /** The second, which may be the first again, counts as far as it has earned more. */
    besidePolicies: readonly [first: number, second: number]
    loss: 'log' | 'squared'
  },
): EarnedRewards {
  // Events and rewards. A bare mean is sure of the first reward, and whoever is held beside it would gain by that alone.
  const everybody = Float64Array.of(1, 0.5)
  const mean = () => everybody[1]! / everybody[0]!
  // An actor begins as its base, and what it adds before it has learned much is noise; of chances it learns from several signals, soon.
  const believing = (share: Parameters<typeof earnedGain>[1]) =>
    [earnedGain(loss, share), earnedGain(loss, share)] as const
  const pairs = [
    ...baselines.map(() => believing('half')),
    believing(loss === 'log' ? 'some' : 'little'),
    believing('half'),
  ]
  const [ownPair, besidePair] = [baselines.length, baselines.length + 1]
  const gainOf = (policy: number, met: boolean): EarnedGain => pairs[policy]![met ? 1 : 0]
  const named = () => pairs.flatMap((pair, p) => pair.map((gain, k) => [`${p}.${k}`, gain] as const))
  const held = (policy: number, alone: number, met: boolean) => gainOf(policy, met).apply(mean(), alone)
  const earned: EarnedRewards = {
    ...{ basePolicy, held },
    baseline: (policy, user, item, time, met) => held(policy, baselines[policy]!.predict(user, item, time), met),
    beside: (baseline, met) => gainOf(besidePair, met).apply(baseline(plainest), baseline(other)),
    own: (beside, corrected, met) => gainOf(ownPair, met).apply(beside, corrected),
    learn(alone, reward, met) {
      const baseline = (p: number) => held(p, alone[p]!, met)
      gainOf(ownPair, met).learn(earned.beside(baseline, met), alone[baselines.length]!, reward)
      gainOf(besidePair, met).learn(baseline(plainest), baseline(other), reward)
      for (let p = 0; p < baselines.length; p++) gainOf(p, met).learn(mean(), alone[p]!, reward)
      everybody[0]! += 1
      everybody[1]! += reward
    },
    gains: () => pairs.slice(0, ownPair + 1).map(([fresh]) => fresh.gain),
    save: () => ({
      everybody: everybody.slice(),
      ...Object.assign({}, ...named().map(([name, gain]) => prefixed(name, gain.save()))),
    }),
    restore(arrays) {
      everybody.set(arrays['everybody'] as Float64Array)
      for (const [name, gain] of named()) gain.restore(withPrefix(name, arrays))
    },
  }
  return earned
}
