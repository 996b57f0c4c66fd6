import type { Seen } from './crowds.ts'

/** What honest people of the same worlds saw: with nobody else, with one harmless event more, and with others among them. */
export interface Worlds {
  clean: readonly Seen[]
  control: readonly Seen[]
  others: readonly Seen[]
}

const sumOf = (seen: readonly Seen[], of: (each: Seen) => number) => seen.reduce((sum, each) => sum + of(each), 0)
const errorsOff = ({ control, others }: Pick<Worlds, 'control' | 'others'>) => {
  const error = (seen: readonly Seen[], policy: string) => sumOf(seen, ({ errors }) => errors[policy]!)
  const policies = Object.keys(control[0]!.errors)
  return policies.map(policy => ({ policy, by: error(others, policy) / error(control, policy) - 1 }))
}
const mostScores = 0.02
const mostLists = 1.5

/**
 * What others could change of what honest people see, a sentence each; none where scores stay within 2% and the item's places
 * among the first three within one and a half times those of the control.
 *
 * One harmless event gives other lists, for everything learned is other after it: two standard deviations of what that
 * changes, as seen in these worlds, are taken for chance. Where people push an item who are as many as they seem, scores alone
 * are judged.
 */
export function unfair({ clean, control, others }: Worlds, whatIsJudged: 'all' | 'scores' = 'all'): string[] {
  const [before, after] = [control, others].map(seen => sumOf(seen, each => each.pushed)) as [number, number]
  const chance = 2 * Math.sqrt(sumOf(control, each => (each.pushed - clean[control.indexOf(each)]!.pushed) ** 2))
  const most = mostLists * before + chance
  const moved = errorsOff({ control, others }).filter(({ by }) => !(Math.abs(by) <= mostScores))
  return [
    ...(whatIsJudged === 'all' && after > most
      ? [`${after} places among the first three, ${before} in the control, ${most.toFixed(1)} at most`]
      : []),
    ...moved.map(({ policy, by }) => `the error of ${policy} is ${(100 * by).toFixed(1)}% off`),
  ]
}

/** What was measured, in words: places of the item among the first three, and by how much errors differ. */
export function figures({ clean, control, others }: Worlds): string {
  const pushed = (seen: readonly Seen[]) => sumOf(seen, each => each.pushed)
  const moved = (seen: readonly Seen[]) => `${Math.round((100 * sumOf(seen, each => each.moved)) / seen.length)}%`
  const off = errorsOff({ control, others }).map(({ policy, by }) => `${policy} ${(100 * by).toFixed(2)}%`)
  return `${pushed(others)} places, ${pushed(control)} in the control, ${pushed(clean)} with nobody else, of ${sumOf(others, each => each.lists)} lists; errors off: ${off.join(', ')}; places that moved ${moved(others)}, ${moved(control)} in the control`
}
