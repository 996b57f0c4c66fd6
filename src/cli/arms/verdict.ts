import type { ArmComparison, Comparison } from '../../arms/compare-arms.ts'
import { leastUsers } from '../../arms/sequential-test.ts'
import { count, plural } from '../../records/words.ts'
import type { ArmResult } from './arm-results.ts'

export interface VerdictInput {
  results: readonly ArmResult[]
  comparison: ArmComparison
  days: number
  alpha: number
}

/**
 * What the comparison comes to, in sentences.
 *
 *     'ddpg-la is ahead of myopic by 8.2 a user-day (+41%). Looking early does no harm: …'
 */
export function verdict({ results, comparison, days, alpha }: VerdictInput): string[] {
  const early = results.filter(({ completeUsers }) => completeUsers < leastUsers)
  const { reference, comparisons } = comparison
  const judged = comparisons.filter(({ low }) => low !== -Infinity)
  if (reference === null || judged.length === 0) {
    const counts = results.map(({ arm, completeUsers }) => `${count(completeUsers)} of ${arm}`).join(', ')
    return [
      `It is too early to compare: ${plural(leastUsers, 'user')} of each arm must have had their ${daysText(days)}; so far ${counts}.`,
    ]
  }
  const about = (arm: string) => results.find(each => each.arm === arm)!
  const sentences = judged.map(each => sentence(each, about(each.to).mean, days))
  const waiting = early.map(
    ({ arm, completeUsers }) =>
      `It is too early for ${arm}: ${count(completeUsers)} of ${leastUsers} users have had their days.`,
  )
  const harmless = `Looking early does no harm: where no arm is better, at most ${percent(alpha)} of such comparisons ever say that one is, however often one looks.`
  return [...sentences, ...waiting, harmless]
}

/** A warning where users came to arms in other parts than were meant; empty otherwise. */
export function ratioWords(p: number | null): string[] {
  if (p === null || p >= 0.001) return []
  return [
    'Do not trust this before you know why: users came to arms in other parts than their shares say (chance of that below 1 in 1,000). Perhaps one arm fails for some, or shares stood differently before.',
  ]
}

function sentence({ arm, to, estimate, low, high, usersToDecide }: Comparison, base: number, days: number): string {
  const far = `${short(Math.abs(estimate / days))} a user-day`
  if (low > 0) return `${arm} is ahead of ${to} by ${far}${relative(estimate, base)}.`
  if (high < 0) return `${to} is ahead of ${arm} by ${far}${relative(-estimate, base + estimate)}.`
  const more =
    usersToDecide === null
      ? 'if there is a difference, it is too small to be found soon'
      : `if what is seen so far stays, about ${count(usersToDecide)} more users decide it`
  return `Nothing can be said yet of ${arm} and ${to}; ${more}.`
}

function relative(gain: number, base: number): string {
  return base > 0 ? ` (+${percent(gain / base)})` : ''
}

/** '1 day', '0.5 days' */
export function daysText(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}

/** Three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return Math.abs(value) < 1000 ? value.toPrecision(3) : count(value)
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))}%`
}
