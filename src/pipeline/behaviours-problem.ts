import type { PipelineDefinition } from '../records/definition.ts'
import { shown } from '../settings/check.ts'
import { nearest } from '../settings/nearest.ts'

/** What is wrong with the behaviours of a definition and what they mean, as a sentence; null when all is well. */
export function behavioursProblem({
  name,
  behaviours,
  meanings,
}: Pick<PipelineDefinition, 'name' | 'behaviours' | 'meanings'>): string | null {
  const named = Array.isArray(behaviours) && behaviours.every(each => typeof each === 'string' && each !== '')
  if (!named || behaviours.length === 0 || new Set(behaviours).size < behaviours.length) {
    return `The behaviours of ${name} must be at least one event type, each a name that stands once, such as ['view', 'like'] or { view: {}, like: { target: true } }.`
  }
  for (const behaviour of behaviours) {
    const problem = meaningProblem(`behaviours.${behaviour} of ${name}`, meanings?.[behaviour])
    if (problem !== null) return problem
  }
  if (behaviours.some(each => meanings[each]!.target)) return null
  return `One of the behaviours of ${name} must be what lists are there for: give it { target: true }.`
}

function meaningProblem(where: string, meaning: unknown): string | null {
  if (typeof meaning !== 'object' || meaning === null || Array.isArray(meaning)) {
    return `The setting ${where} must be an object such as { again: 'never', target: true }, not ${shown(meaning)}; definePipeline fills in what you leave out.`
  }
  const unknown = Object.keys(meaning).find(key => !keys.includes(key))
  if (unknown !== undefined) {
    return `There is no setting "${unknown}" in ${where}; the nearest are ${nearest(unknown, keys).join(', ')}.`
  }
  const { again, target, against } = meaning as Record<string, unknown>
  const wait = typeof again === 'number' && again > 0 && Number.isFinite(again)
  if (again !== 'always' && again !== 'never' && !wait) {
    return `The setting again in ${where} (when its item may be shown to the user again) must be 'always', 'never' or milliseconds above 0, not ${shown(again)}.`
  }
  for (const [key, value] of Object.entries({ target, against })) {
    if (typeof value !== 'boolean') return `The setting ${key} in ${where} must be true or false, not ${shown(value)}.`
  }
  if (!target || !against) return null
  return `The setting ${where} cannot be both a target and against its item; leave one of them out.`
}

const keys = ['again', 'target', 'against'] as const satisfies readonly string[] as readonly string[]
