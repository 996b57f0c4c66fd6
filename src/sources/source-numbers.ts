import { RecstreamError } from '../errors.ts'

/** A number that a made-up source is given: its default, and what it may be. */
export interface SourceNumber {
  default: number
  least: number
  most: number
  whole: boolean
}

/**
 * Numbers in place of a source's folder; those that are not given have their defaults.
 *
 *     sourceNumbers('users=20_000', { users: { default: 100, least: 1, most: 1e6, whole: true } })   // { users: 20000 }
 *
 * What is not understood, or out of bounds, is SOURCE_INVALID.
 */
export function sourceNumbers<Name extends string>(
  text: string,
  known: Readonly<Record<Name, SourceNumber>>,
): Record<Name, number> {
  const numbers = defaultNumbers(known)
  for (const pair of text.split(',').filter(part => part !== '')) {
    const [name, given = ''] = pair.split('=') as [Name, string?]
    const value = given.trim() === '' ? Number.NaN : Number(given.replaceAll('_', ''))
    const field = Object.hasOwn(known, name) ? known[name] : undefined
    const fits = field !== undefined && value >= field.least && value <= field.most
    if (!fits || (field.whole && !Number.isInteger(value))) {
      throw new RecstreamError(
        'SOURCE_INVALID',
        `The source "${pair}" is not understood; give numbers such as ${numbersAsText(defaultNumbers(known))}.`,
      )
    }
    numbers[name] = value
  }
  return numbers
}

/** What holds when nothing is given. */
export function defaultNumbers<Name extends string>(known: Readonly<Record<Name, SourceNumber>>): Record<Name, number> {
  const pairs = Object.entries<SourceNumber>(known).map(([name, field]) => [name, field.default])
  return Object.fromEntries(pairs) as Record<Name, number>
}

/** Numbers as `sourceNumbers` takes them. */
export function numbersAsText(numbers: object): string {
  return Object.entries(numbers)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
}
