import { knownAgents, optionsOf } from '../../agents/known-agents.ts'
import { withOptions } from '../../agents/options.ts'
import { RecstreamError } from '../../errors.ts'
import type { AgentName } from '../../records/definition.ts'
import { nearest } from '../../settings/nearest.ts'
import { presentWords } from '../../settings/renamed.ts'
import { builtInOptions, builtInPolicies } from './policies/built-in.ts'

/** A policy with options of its own, as it is asked for. */
export interface Variant {
  /** As it stands in tables: what was written. */
  readonly label: string
  readonly policy: string
  readonly options: Readonly<Record<string, unknown>>
}

/** Every policy that people can be shown items by. */
export const policyNames: readonly string[] = [
  ...Object.keys(builtInPolicies),
  ...Object.keys(knownAgents).filter(name => !Object.hasOwn(builtInPolicies, name)),
]

/**
 * The policies that a text names, with commas between and options behind colons; what `--set policy.option=value` says holds
 * for all variants of a policy that do not say otherwise.
 *
 *     variantsIn('dqn,dqn:gamma=0:long=none', { 'dqn.batch': '64' })
 *     // dqn with { batch: '64' }, dqn:gamma=0:long=none with { batch: '64', gamma: '0', long: 'none' }
 *
 * An unknown policy or option, or two variants that are the same, are CONFIG_INVALID.
 */
export function variantsIn(text: string, settings: Readonly<Record<string, string>>): Variant[] {
  const labels = text.split(',').map(part => part.trim())
  const variants = labels
    .filter(label => label !== '')
    .map(label => {
      const [policy, ...pairs] = label.split(':') as [string, ...string[]]
      checkName(policy)
      const options = { ...settingsOf(policy, settings), ...optionsIn(label, pairs) }
      return { label, policy, options: presentWords(options, name => `option ${name} of ${policy}`) }
    })
  if (variants.length === 0) throw invalid(`Name at least one policy; there are ${policyNames.join(', ')}.`)
  for (const name of Object.keys(settings)) {
    const policy = name.split('.')[0]!
    if (!name.includes('.')) throw invalid(`Give --set a policy, an option and a value, such as dqn.gamma=0.9.`)
    if (!variants.some(variant => variant.policy === policy)) {
      throw invalid(`--set ${name} is of a policy that is not among those to run; name it with --policies.`)
    }
  }
  const seen = new Map<string, string>()
  for (const variant of variants) {
    checkOptions(variant)
    const name = trialName(variant)
    const same = seen.get(name)
    if (same !== undefined) throw invalid(`The policies ${same} and ${variant.label} are the same; name one of them.`)
    seen.set(name, variant.label)
  }
  return variants
}

/**
 * A variant with all its options by name, so that results of other options are not taken for its own.
 *
 *     trialName({ label: 'dqn', policy: 'dqn', options: { gamma: '0.5' } })   // 'dqn gamma=0.5'
 */
export function trialName({ policy, options }: Variant): string {
  const pairs = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))
  return [policy, ...pairs.map(([name, value]) => `${name}=${value}`)].join(' ')
}

function settingsOf(policy: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  const start = `${policy}.`
  const own = Object.entries(settings).filter(([name]) => name.startsWith(start))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(start.length), value]))
}

function optionsIn(label: string, pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(pair => {
      const at = pair.indexOf('=')
      if (at <= 0) throw invalid(`"${label}" is not understood; give options as in dqn:gamma=0:long=none.`)
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    }),
  )
}

function checkName(policy: string): void {
  if (policyNames.includes(policy)) return
  const near = nearest(policy, policyNames).join(', ')
  throw invalid(`There is no policy "${policy}"; the nearest are ${near}, and all are ${policyNames.join(', ')}.`)
}

function checkOptions({ policy, options }: Variant): void {
  const fields = builtInOptions[policy]
  if (!Object.hasOwn(builtInPolicies, policy)) optionsOf(policy as AgentName, options)
  else if (fields !== undefined) withOptions(policy, fields, options)
  else if (Object.keys(options).length > 0) throw invalid(`The policy ${policy} learns nothing and has no options.`)
}

const invalid = (sentence: string) => new RecstreamError('CONFIG_INVALID', sentence)
