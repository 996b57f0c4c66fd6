import type { Arm, PipelineDefinition } from '../records/definition.ts'
import { presentWords } from '../settings/renamed.ts'
import { type Setting, settings } from '../settings/settings.ts'

/** Settings by path, and what else a learner's state is bound to. Plain JSON. */
export type Identity = Readonly<Record<string, unknown>>

/** The settings that a learner's state is bound to: with others the same state means something else or does not fit. */
export function learnerIdentity(definition: PipelineDefinition): Identity {
  const { name, scale, arms } = definition
  return {
    // Raised whenever the arrays of a checkpoint change their number, shape or meaning.
    format: 20,
    pipeline: name,
    scale,
    ...valuesOf(definition, [...always, ...atLeast]),
    // What a pipeline without agents that plan and without rivals learned before there were any is good still.
    ...(arms.length === 1 && arms[0]!.policy === 'champion'
      ? {}
      : { arms: arms.map(armIdentity), ...valuesOf(definition, withAgents) }),
  }
}

const boundTo = (when: Setting['checkpoint']) =>
  settings.filter(each => each.checkpoint === when).map(({ path }) => path)
const always = boundTo('always')
const atLeast = boundTo('at least')
const withAgents = boundTo('with agents')
/** What checkpoints say of themselves that any learner may have otherwise by now. */
const boundNoMore: readonly string[] = ['learn.maxUsers']

function valuesOf(definition: PipelineDefinition, paths: readonly string[]): Identity {
  const groups = definition as unknown as Record<string, Record<string, unknown>>
  const valueAt = ([group, key]: string[]) => groups[group!]![key!]
  return Object.fromEntries(paths.map(path => [path, valueAt(path.split('.'))]))
}

/** Commands change shares. */
function armIdentity({ share: _, ...arm }: Partial<Arm>): Partial<Arm> {
  return { ...arm, ...(arm.options === undefined ? {} : { options: presentWords(arm.options) }) }
}

/**
 * The first thing in which two identities differ, and what to do; null when they agree.
 *
 *     identityDifference({ 'learn.hiddenSize': 16 }, { 'learn.hiddenSize': 32 })
 *     // 'learn.hiddenSize is 16 there and 32 here; set it back (--set learn.hiddenSize=16), or use another data folder'
 */
export function identityDifference(theirs: Identity, ours: Identity): string | null {
  const [there, here] = [presentIdentity(theirs), presentIdentity(ours)]
  for (const name of Object.keys({ ...here, ...there })) {
    const [a, b] = [there[name], here[name]].map(value => (value === undefined ? 'not set' : sorted(value)))
    if (a === b || boundNoMore.includes(name) || (atLeast.includes(name) && Number(here[name]) >= Number(there[name])))
      continue
    if (name === 'format') return `their format is ${a} and this program's is ${b}; use another data folder`
    if (name === 'pipeline') return `they are of the pipeline ${a} and this is ${b}; use another data folder`
    if (name === 'arms') {
      return `arms is ${a} there and ${b} here; set it back (in the definition, or with --set arms=…), or use another data folder`
    }
    const back = /^[a-z]+\.[a-zA-Z]+$/.test(name) ? `--set ${name}=${String(there[name])}` : 'in the definition'
    return `${name} is ${a} there and ${b} here; set it back (${back}), or use another data folder`
  }
  return null
}

/** Text that is the same whatever the order of keys. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Checkpoints of 0.1.0 name settings without their group. */
const groupOf = Object.fromEntries(
  [...always, ...atLeast, ...withAgents, ...boundNoMore].map(path => [path.split('.')[1], path]),
)
const formerly: Readonly<Record<string, string>> = {
  ...groupOf,
  ...{ stack: 'learn.stack', followers: 'recommend.followers', listLength: 'recommend.length' },
}

function presentIdentity({ plan, ...identity }: Identity): Identity {
  const flat = Object.entries({ ...identity, ...(plan as Identity | undefined) })
  const byPath = flat.map(([name, value]) => [Object.hasOwn(formerly, name) ? formerly[name] : name, value] as const)
  const present = presentWords(Object.fromEntries(byPath))
  const arms = present['arms'] as Partial<Arm>[] | undefined
  return { ...present, ...(arms === undefined ? {} : { arms: arms.map(armIdentity) }) }
}
