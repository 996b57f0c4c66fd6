import type { ArmComparison } from '../../arms/compare-arms.ts'
import { meanInterval } from '../../arms/sequential-test.ts'
import type { ArmResult } from './arm-results.ts'

export type ReportedArm = ReturnType<typeof reportedArm>

/** An arm as the report shows it; where an interval has no end yet, it is null. */
export function reportedArm(
  { arm, policy, users, completeUsers, movedUsers, mean, variance }: ArmResult,
  { comparisons }: ArmComparison,
  { days, alpha, shares }: { days: number; alpha: number; shares: Readonly<Record<string, number>> | null },
) {
  const own = meanInterval({ n: completeUsers, mean, variance }, { alpha })
  const compared = comparisons.find(each => each.arm === arm)
  return {
    ...{ arm, policy, share: shares === null ? null : (shares[arm] ?? 0), users, completeUsers, movedUsers },
    rewardPerUserDay: { estimate: finite(mean / days), low: finite(own.low / days), high: finite(own.high / days) },
    difference:
      compared === undefined
        ? null
        : {
            to: compared.to,
            estimate: finite(compared.estimate / days),
            low: finite(compared.low / days),
            high: finite(compared.high / days),
            p: compared.p,
            usersToDecide: compared.usersToDecide,
          },
  }
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
