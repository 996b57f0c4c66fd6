import type { Item, Simulation, UserProfile } from '../records/definition.ts'

/**
 * Numbers as an attribute's text, to four decimals.
 *
 *     numbersText([0.31, -1.20004])   // '0.31,-1.2'
 */
export function numbersText(numbers: ArrayLike<number>): string {
  // A negative zero would be another text for the same number.
  return Array.from(numbers, number => String(Math.round(number * 10_000) / 10_000 || 0)).join(',')
}

/**
 * Feature tokens of those named attributes that are there: numbers, which planning agents alone read.
 *
 *     numberTokens({ vector: '0.31,-1.2', age: '25-34' }, ['vector'])   // ['#vector=0.31,-1.2']
 */
export function numberTokens(attributes: Readonly<Record<string, string>>, names: readonly string[]): string[] {
  return names.flatMap(name => (attributes[name] === undefined ? [] : [`#${name}=${attributes[name]}`]))
}

/** What is known of simulated people and items as attributes: `profile` and `taste`, `vector`; genres are tags. */
export const numbersAsAttributes: Pick<Simulation, 'profile' | 'item'> = {
  profile: ({ profile, taste }) => ({ profile: numbersText(profile), taste: numbersText(taste) }),
  item: ({ title, genres, vector }) => ({ title, attributes: { vector: numbersText(vector) }, tags: genres }),
}

/** Those attributes as tokens "#profile=…", "#taste=…" and "#vector=…"; every other one as "name=value", tags as "tag=name". */
export const featuresWithNumbers = {
  user: ({ attributes }: UserProfile) => withNumbers(attributes, ['profile', 'taste']),
  item: ({ attributes, tags }: Item) => [...withNumbers(attributes, ['vector']), ...tags.map(tag => `tag=${tag}`)],
}

function withNumbers(attributes: Readonly<Record<string, string>>, numbers: readonly string[]): string[] {
  const others = Object.entries(attributes).filter(([name]) => !numbers.includes(name))
  return [...others.map(([name, value]) => `${name}=${value}`), ...numberTokens(attributes, numbers)]
}
