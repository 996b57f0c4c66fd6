import type { GuardSettings } from '../settings/types.ts'
import { type ArmSample, differenceInterval } from './sequential-test.ts'

/** An arm that is to be taken out. */
interface Loser {
  /** Places of the arm and of the best one. */
  arm: number
  best: number
  /** Why, in words. */
  reason: string
}

/**
 * The arm whose users surely bring least against those of the best one; null while none is sure.
 *
 *     losingArm(samples, shares, ['a', 'b'], { alpha: 0.05, minUsers: 100 })   // { arm: 1, best: 0, reason: '…' }
 *
 * It may be asked after every user: the interval holds at all times at once. Any of the other arms may look better than the
 * truly best one, so each comparison has alpha / (arms − 1). Arms without a share are out of it.
 */
export function losingArm(
  samples: readonly ArmSample[],
  shares: readonly number[],
  names: readonly string[],
  { alpha, minUsers }: Pick<GuardSettings, 'alpha' | 'minUsers'>,
): Loser | null {
  const judged = names.map((_, arm) => arm).filter(arm => shares[arm]! > 0 && samples[arm]!.n >= minUsers)
  if (judged.length < 2) return null
  const best = judged.reduce((a, b) => (samples[b]!.mean > samples[a]!.mean ? b : a))
  const each = { alpha: alpha / (names.length - 1) }
  let loser: Loser | null = null
  let least = 0
  for (const arm of judged) {
    if (arm === best) continue
    const { low, high } = differenceInterval(samples[arm]!, samples[best]!, each)
    if (high >= least) continue
    least = high
    const [mine, theirs] = [samples[arm]!, samples[best]!]
    loser = {
      ...{ arm, best },
      reason:
        `its ${mine.n} users brought ${mine.mean.toFixed(3)} each, the ${theirs.n} of ${names[best]} ` +
        `${theirs.mean.toFixed(3)}; the difference lies from ${low.toFixed(3)} to ${high.toFixed(3)} at every look`,
    }
  }
  return loser
}
