import { type Partitioner, partitioners } from './partitioners.ts'

/** A key whose records lie on several partitions. */
export interface SpreadKey {
  key: string
  places: readonly Place[]
}

/** What one partition holds of a key. */
export interface Place {
  partition: number
  records: number
  /** Time of the oldest of them, ms since 1970. */
  first: number
}

/** By what rules keys came to lie where they do. */
export interface Explanation {
  partitioners: readonly Partitioner[]
  /** The smaller number of partitions that there were before some were added; null where that explains nothing. */
  before: number | null
  /** By partitioner: the share of the records that lie where it puts them. */
  shares: readonly number[]
}

/** From so many keys on rules are told from chance, and the share of the keys that they must explain: a few have other causes. */
const [leastKeys, leastShare] = [10, 0.9]

/**
 * The fewest rules that explain where keys lie; null where none do, or where there are too few keys to tell.
 *
 *     explainPlaces(keys, 8)   // { partitioners: ['murmur2, as Java', 'CRC32'], before: null, shares: [0.5, 0.5] }
 *     explainPlaces(keys, 8)   // { partitioners: ['CRC32'], before: 4, shares: [0.3] }: four partitions were added
 *
 * A key is explained when a rule puts it on each of its partitions. With partitions added, that is the rule among the fewer and
 * among all of them, in this order. One rule that stays the same explains no key on two partitions.
 */
export function explainPlaces(keys: readonly SpreadKey[], partitions: number): Explanation | null {
  if (keys.length < leastKeys) return null
  const hashed = keys.map(({ key, places }) => ({ bytes: Buffer.from(key), places }))
  for (const rules of candidates(partitions)) {
    const found = rules
      .map(rule => ({ rule, explained: hashed.filter(key => isExplained(key, rule, partitions)).length }))
      .reduce((best, each) => (each.explained > best.explained ? each : best))
    if (found.explained >= leastShare * keys.length) {
      return { ...found.rule, shares: found.rule.partitioners.map(each => shareOf(hashed, each, partitions)) }
    }
  }
  return null
}

type Rule = Pick<Explanation, 'partitioners' | 'before'>
interface Hashed {
  bytes: Buffer
  places: readonly Place[]
}

/** What may explain it, the plainer first: of those beside each other the one that explains most is taken. */
function candidates(partitions: number): Rule[][] {
  const counts = Array.from({ length: partitions - 1 }, (_, k) => k + 1)
  const names = Object.keys(partitioners) as Partitioner[]
  const pairs = names.flatMap((one, k) => names.slice(k + 1).map(other => [one, other]))
  const triples = pairs.flatMap(pair => names.slice(names.indexOf(pair[1]!) + 1).map(third => [...pair, third]))
  const asNow = (sets: Partitioner[][]): Rule[] => sets.map(each => ({ partitioners: each, before: null }))
  const after = (sets: Partitioner[][]): Rule[] =>
    sets.flatMap(each => counts.map(before => ({ partitioners: each, before })))
  return [after(names.map(name => [name])), asNow(pairs), asNow(triples), after(pairs)]
}

function isExplained({ bytes, places }: Hashed, { partitioners: names, before }: Rule, partitions: number): boolean {
  const ways = names.map(name => ({
    now: partitioners[name](bytes, partitions),
    earlier: before === null ? null : partitioners[name](bytes, before),
  }))
  const firstOn = (partition: number) => places.find(place => place.partition === partition)?.first ?? null
  return places.every(({ partition, first }) =>
    ways.some(({ now, earlier }) => {
      if (partition === now) return true
      if (partition !== earlier) return false
      const moved = firstOn(now)
      return moved === null || first <= moved
    }),
  )
}

function shareOf(keys: readonly Hashed[], name: Partitioner, partitions: number): number {
  let [there, all] = [0, 0]
  for (const { bytes, places } of keys) {
    const wanted = partitioners[name](bytes, partitions)
    for (const { partition, records } of places) {
      all += records
      if (partition === wanted) there += records
    }
  }
  return there / all
}
