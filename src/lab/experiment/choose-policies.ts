import { RecstreamError } from '../../errors.ts'
import { nearest } from '../../pipeline/settings.ts'
import type { Trial } from './experiment.ts'
import type { FinishedTrial } from './trial-store.ts'

/**
 * The policies that a text names, with commas between; a comma may be part of a name too.
 *
 *     policiesIn('bias,DDPG-LA, γ = 0.9', ['bias', 'DDPG-LA', 'DDPG-LA, γ = 0.9'])   // ['bias', 'DDPG-LA, γ = 0.9']
 */
export function policiesIn(text: string, known: readonly string[]): string[] {
  const parts = text.split(',')
  const found: string[] = []
  for (let from = 0; from < parts.length; ) {
    let to = parts.length
    while (to > from && !known.includes(parts.slice(from, to).join(',').trim())) to -= 1
    const unknown = parts[from]!.trim()
    if (to > from) found.push(parts.slice(from, to).join(',').trim())
    else if (unknown !== '') {
      throw new RecstreamError(
        'CONFIG_INVALID',
        `There is no policy "${unknown}" in this experiment; the nearest are ${nearest(unknown, known).join('; ')}.`,
      )
    }
    from = Math.max(to, from + 1)
  }
  return found
}

/** Every policy that trials have something to say of. */
export function policiesOf(trials: readonly Trial[]): string[] {
  return [...new Set(trials.flatMap(({ policy, alongside = [] }) => [policy, ...alongside]))]
}

/** A finished trial with these policies only; null when it has none of them. */
export function only(trial: FinishedTrial, policies: readonly string[]): FinishedTrial | null {
  const { alongside = {}, ...own } = trial.result
  const [first, ...others] = Object.entries({ [trial.policy]: own, ...alongside }).filter(([policy]) =>
    policies.includes(policy),
  )
  if (first === undefined) return null
  return { ...trial, policy: first[0], result: { ...first[1], alongside: Object.fromEntries(others) } }
}
