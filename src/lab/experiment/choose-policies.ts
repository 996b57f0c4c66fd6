import { RecstreamError } from '../../errors.ts'
import { nearest } from '../../settings/nearest.ts'
import type { Trial } from './experiment.ts'
import { formerName } from './former-names.ts'
import type { FinishedTrial } from './trial-store.ts'

/**
 * The policies that a text names, with commas between; a comma may be part of a name too.
 *
 *     policiesIn('bias,whole learner, lite ensemble', known)   // ['bias', 'whole learner, lite ensemble']
 *
 * A name of before is taken for the one of today, and `onNotice` says so.
 */
export function policiesIn(text: string, known: readonly string[], onNotice: (message: string) => void): string[] {
  const present = new Map(known.map(name => [formerName(name) ?? name, name]))
  const asked = namesIn(text, new Set([...known, ...present.keys()]), known)
  const renamed = asked.filter(name => !known.includes(name))
  if (renamed.length > 0) {
    const pairs = renamed.map(name => `"${name}" is "${present.get(name)}"`)
    onNotice(`Policies have new names: ${pairs.join(', ')}; the old ones are taken in this version only.`)
  }
  return asked.map(name => (known.includes(name) ? name : present.get(name)!))
}

function namesIn(text: string, taken: ReadonlySet<string>, offered: readonly string[]): string[] {
  const parts = text.split(',')
  const found: string[] = []
  for (let from = 0; from < parts.length; ) {
    let to = parts.length
    while (to > from && !taken.has(parts.slice(from, to).join(',').trim())) to -= 1
    const unknown = parts[from]!.trim()
    if (to > from) found.push(parts.slice(from, to).join(',').trim())
    else if (unknown !== '') {
      throw new RecstreamError(
        'CONFIG_INVALID',
        `There is no policy "${unknown}" in this experiment; the nearest are ${nearest(unknown, offered).join('; ')}.`,
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
