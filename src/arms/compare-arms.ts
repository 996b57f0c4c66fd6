import { type ArmSample, type Difference, differenceInterval, leastUsers } from './sequential-test.ts'

interface NamedSample extends ArmSample {
  arm: string
}

/** How an arm stands to the one it is compared with; in reward per user. */
export interface Comparison extends Difference {
  arm: string
  to: string
  /** More users of both arms together after which the interval excludes 0 if means and variances stay; null: not in sight. */
  usersToDecide: number | null
}

export interface ArmComparison {
  /** What the others are compared with: the control, else the arm that is ahead; null while no arm has enough users. */
  reference: string | null
  comparisons: Comparison[]
  /** α of each single interval, so that all of them together hold at the α that was asked for (Bonferroni). */
  alphaEach: number
}

/**
 * Every arm against the control, or against the arm that is ahead.
 *
 *     compareArms([{ arm: 'a', n: 900, mean: 4.2, variance: 9 }, { arm: 'b', n: 880, mean: 3.6, variance: 8 }])
 *     // { reference: 'a', comparisons: [{ arm: 'b', to: 'a', estimate: -0.6, low: -1.02, high: -0.18, p: 0.0007, … }], … }
 *
 * Which arm is ahead is known from the same data, so without a control α is shared by all pairs of arms, with one by the
 * pairs that it is in.
 */
export function compareArms(
  arms: readonly NamedSample[],
  { alpha = 0.05, control, tuneFor }: { alpha?: number; control?: string; tuneFor?: number } = {},
): ArmComparison {
  const pairs = control === undefined ? (arms.length * (arms.length - 1)) / 2 : arms.length - 1
  const alphaEach = alpha / Math.max(1, pairs)
  const options = tuneFor === undefined ? { alpha: alphaEach } : { alpha: alphaEach, tuneFor }
  const judged = arms.filter(({ n }) => n >= leastUsers)
  const first = judged.reduce<NamedSample | null>((best, each) => (best && best.mean >= each.mean ? best : each), null)
  const reference = control === undefined ? first : arms.find(({ arm }) => arm === control)
  if (reference === undefined || reference === null) return { reference: null, comparisons: [], alphaEach }
  const comparisons = arms
    .filter(each => each !== reference)
    .map(each => {
      const difference = differenceInterval(each, reference, options)
      const p = Math.min(1, difference.p * Math.max(1, pairs))
      const usersToDecide = usersUntil(each, reference, options)
      return { arm: each.arm, to: reference.arm, ...difference, p, usersToDecide }
    })
  return { reference: reference.arm, comparisons, alphaEach }
}

const furthest = 1024

/** More users of both until the interval excludes 0, both growing in proportion; null beyond a thousand times as many. */
function usersUntil(a: ArmSample, b: ArmSample, options: { alpha: number; tuneFor?: number }): number | null {
  if (!(Math.min(a.n, b.n) >= leastUsers)) return null
  const decides = (times: number) => {
    const { low, high } = differenceInterval({ ...a, n: a.n * times }, { ...b, n: b.n * times }, options)
    return low > 0 || high < 0
  }
  if (!decides(furthest)) return null
  let [below, above] = [1, furthest]
  if (decides(below)) return 0
  while (above - below > 0.01 * above) {
    const middle = Math.sqrt(below * above)
    if (decides(middle)) above = middle
    else below = middle
  }
  return Math.ceil((above - 1) * (a.n + b.n))
}
