import { type Field, type Fields, flat, isField, type Use } from '../settings/field.ts'

/**
 * The same fields, each of use only where others have these values, or not these.
 *
 *     usedWhere({ only: { action: ['step'] } }, { baseRate: learningRate(3e-2, '') })
 */
export function usedWhere<F extends Fields>(use: Use, fields: F): F {
  const parts = Object.entries(fields).map(([name, part]) => [
    name,
    isField(part) ? { ...part, use: both(use, part.use) } : usedWhere(use, part),
  ])
  return Object.fromEntries(parts) as F
}

/** What the field says itself goes before. */
function both(use: Use, own: Use = {}): Use {
  const only = { ...use.only, ...own.only }
  return { ...use, ...own, ...(Object.keys(only).length === 0 ? {} : { only }) }
}

/**
 * Why an option does nothing with the others as they are, as the end of "The option x of an agent …"; null where it does
 * something. Options that are named `open` may yet have any value.
 *
 *     idleBecause(dqnOptions.targetPeriod, name => ({ targetRate: 0.01, gamma: 0.9 })[name])
 *     // 'belongs to targetRate=0 and does nothing with targetRate=0.01; leave it out, or set targetRate=0'
 */
export function idleBecause(
  { use }: Field,
  among: (name: string) => unknown,
  open: ReadonlySet<string> = new Set(),
): string | null {
  for (const [name, values] of Object.entries(use?.only ?? {})) {
    const value = among(name)
    if (open.has(name) || values.some(each => each === value)) continue
    const wanted = `${name}=${values.join(' or ')}`
    return `belongs to ${wanted} and does nothing with ${name}=${String(value)}; leave it out, or set ${wanted}`
  }
  const pairs = Object.entries(use?.unless ?? {})
  if (pairs.length === 0 || pairs.some(([name, value]) => open.has(name) || among(name) !== value)) return null
  const set = pairs.map(([name, value]) => `${name}=${String(value)}`).join(' and ')
  return `does nothing with ${set}; leave it out, or give ${pairs.map(([name]) => name).join(' or ')} another value`
}

/** Where an option is of use, in words; nothing where it always is: "only with action=step", "not with gamma=0". */
export function useText({ use }: Field): string[] {
  const only = Object.entries(use?.only ?? {}).map(([name, values]) => `only with ${name}=${values.join(' or ')}`)
  const unless = Object.entries(use?.unless ?? {}).map(([name, value]) => `${name}=${String(value)}`)
  const worlds = use?.worlds === true ? ['only in simulated worlds'] : []
  return [...worlds, ...only, ...(unless.length === 0 ? [] : [`not with ${unless.join(' and ')}`])]
}

/** An option's value among all of an agent; one of a group has the group's name before it. */
export function valueAt(options: object, name: string): unknown {
  return name.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], options)
}

/** Of some options, by name, those that do nothing beside the others. */
export function idleOptions(
  fields: Fields,
  names: readonly string[],
  options: object,
  open?: ReadonlySet<string>,
): { name: string; why: string }[] {
  const known = new Map(flat(fields))
  return names.flatMap(name => {
    const field = known.get(name)
    const why = field === undefined ? null : idleBecause(field, other => valueAt(options, other), open)
    return why === null ? [] : [{ name, why }]
  })
}
