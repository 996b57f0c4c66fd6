import { armsFrom } from '../arms/arms-from.ts'
import { RecstreamError } from '../errors.ts'
import type { PipelineDefinition } from '../records/definition.ts'
import { fromText, shown, wanted } from '../settings/check.ts'
import { nearest } from '../settings/nearest.ts'
import { presentWords } from '../settings/renamed.ts'
import { type Setting, settings } from '../settings/settings.ts'

/** What is wrong with one value, as a sentence; null when it is allowed. An absent cron expression means never. */
export function settingProblem(setting: Setting, value: unknown): string | null {
  const allowed = wanted(setting, value)
  if (allowed === null) return null
  return `The setting ${setting.path} (${setting.about}) must be ${allowed}, not ${shown(value)}.`
}

/** The first thing that is wrong with the settings of a definition, as a sentence; null when all are allowed. */
export function settingsProblem(definition: PipelineDefinition): string | null {
  const { retention } = definition.schedule
  if (retention !== undefined && (typeof retention !== 'object' || retention === null)) {
    return `The setting schedule.retention must be an object such as { cron: '0 3 * * *', olderThanDays: 90 }, not ${shown(retention)}.`
  }
  for (const setting of settings) {
    const value = valueAt(definition, setting.path)
    if (value === undefined && setting.path.startsWith('schedule.retention') && !definition.schedule.retention) continue
    const problem = settingProblem(setting, value)
    if (problem !== null) return problem
  }
  const { recommend, schedule, partitions, parts } = definition
  if (partitions % parts !== 0) {
    return `The setting partitions must be a multiple of parts (${parts}), so that a user's events, profile and lists are one part's; it is ${partitions}.`
  }
  if (schedule.retention && schedule.retention.cron === undefined) {
    return 'The setting schedule.retention.cron must be given with schedule.retention.olderThanDays.'
  }
  if (recommend.candidates < recommend.length) {
    return `The setting recommend.candidates must be at least recommend.length (${recommend.length} items), not ${recommend.candidates}.`
  }
  return null
}

/**
 * A copy of a definition with some settings changed, as the command line's `--set path=value` does.
 *
 *     withSettings(movielens, { 'learn.seed': 7, 'recommend.length': '20', 'schedule.snapshot': 'never' })
 *
 * Numbers may be given as text, and arms as "myopic=0.5,ddpg-la=0.5" (see `armsFrom`). Functions, names and the source are
 * not settings. An unknown path or a value that is not allowed is CONFIG_INVALID.
 */
export function withSettings(
  definition: PipelineDefinition,
  changes: Readonly<Record<string, unknown>>,
): PipelineDefinition {
  let changed = definition
  for (const [path, given] of Object.entries(presentWords(changes, name => `setting ${name}`))) {
    if (path === 'arms') {
      changed = { ...changed, arms: armsFrom(changed, given) }
      continue
    }
    const setting = settings.find(each => each.path === path)
    if (setting === undefined) throw new RecstreamError('CONFIG_INVALID', unknownSetting(path))
    const value = fromText(setting, given)
    const problem = settingProblem(setting, value)
    if (problem !== null) throw new RecstreamError('CONFIG_INVALID', problem)
    changed = put(changed as unknown as Tree, path.split('.'), value) as unknown as PipelineDefinition
  }
  const problem = settingsProblem(changed)
  if (problem !== null) throw new RecstreamError('CONFIG_INVALID', problem)
  return changed
}

type Tree = { [key: string]: unknown }

function unknownSetting(path: string): string {
  const near = nearest(path, [...settings.map(each => each.path), 'arms'])
  return `There is no setting "${path}"; the nearest are ${near.join(', ')}.`
}

function valueAt(definition: PipelineDefinition, path: string): unknown {
  let value: unknown = definition
  for (const key of path.split('.')) value = (value as Tree | undefined)?.[key]
  return value
}

function put(tree: Tree, [key, ...rest]: string[], value: unknown): Tree {
  if (key === undefined) return tree
  const copy = { ...tree }
  copy[key] = rest.length === 0 ? value : put((tree[key] ?? {}) as Tree, rest, value)
  if (copy[key] === undefined) delete copy[key]
  return copy
}
