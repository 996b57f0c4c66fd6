import { knownAgents } from '../../agents/known-agents.ts'
import { useText } from '../../agents/option-use.ts'
import { RecstreamError } from '../../errors.ts'
import { allowedText } from '../../settings/check.ts'
import { type Field, flat } from '../../settings/field.ts'
import { nearest } from '../../settings/nearest.ts'
import { groups, settings } from '../../settings/settings.ts'
import { table } from '../print/table.ts'
import { jsonLine, writeLines } from '../print/write-lines.ts'

/** Settings, or the options of an agent, as a table or as one line of JSON each. */
export async function listSettings(name: string | undefined, { json }: { json?: true }): Promise<void> {
  const fields = fieldsOf(name)
  if (json) {
    await writeLines(fields.map(([path, field]) => jsonLine({ name: path, ...field, default: field.default ?? null })))
    return
  }
  if (fields.length === 0) return await writeLines([`${name} has no options.`])
  const rows = fields.map(([path, field]) => [
    path,
    String(field.default ?? '–'),
    allowedText(field),
    field.unit,
    aboutText(field),
  ])
  await writeLines([table(['name', 'default', 'allowed', 'unit', 'what it is'], rows)])
}

/** What it is, and beside which others it does anything. */
const aboutText = (field: Field) => [field.about, ...useText(field)].join('; ')

/**
 * Fields by what they are called.
 *
 *     fieldsOf('learn')   // [['learn.seed', …], …]
 *     fieldsOf('dqn')     // [['gamma', …], …]
 */
export function fieldsOf(name: string | undefined): (readonly [string, Field])[] {
  const all = settings.map(setting => [setting.path, setting] as const)
  if (name === undefined) return all
  if (Object.hasOwn(knownAgents, name)) return flat(knownAgents[name]!.options)
  const found = all.filter(([path]) => path === name || path.startsWith(`${name}.`))
  if (found.length > 0) return found
  const names = [...Object.keys(groups), ...Object.keys(knownAgents), ...all.map(([path]) => path)]
  throw new RecstreamError(
    'CONFIG_INVALID',
    `There is no setting, group of settings or agent "${name}"; the nearest are ${nearest(name, names).join(', ')}.`,
  )
}
