/** What each version of Kafka was the first to take: a request by its key, up to a version, or no longer down to one. */
const firsts: [since: string, key: number, test: (range: Range) => boolean][] = [
  ['4.0', 1, ({ minVersion }) => minVersion >= 4],
  ['3.0', 66, () => true],
  ['2.8', 60, () => true],
  ['2.7', 22, ({ maxVersion }) => maxVersion >= 4],
  ['2.5', 22, ({ maxVersion }) => maxVersion >= 3],
  ['2.4', 47, () => true],
]

interface Range {
  minVersion: number
  maxVersion: number
}

/**
 * Which Kafka this is, as far as the requests that it takes tell: a broker does not say its version.
 *
 *     brokerVersion({ 66: { minVersion: 0, maxVersion: 1 } })   // '3.0 or later'
 */
export function brokerVersion(takes: Readonly<Record<number, Range>>): string {
  const found = firsts.find(([, key, test]) => takes[key] !== undefined && test(takes[key]))
  return found === undefined ? 'before 2.4; recstream needs 2.4 or later' : `${found[0]} or later`
}
