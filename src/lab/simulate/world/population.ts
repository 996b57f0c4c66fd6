import { seededRandom } from '../../../state/random.ts'
import { spreadOf, standardised } from '../../../state/spread.ts'
import { estimates, factorise } from './factorise.ts'
import { type Knowledge, knowledgeOf } from './knowledge.ts'
import type { RatingTable } from './rating-table.ts'

/** The people and items of a world: what is true of them, and what agents may know. Never changes. */
export interface Population {
  /** Where it came from, such as "ml-100k" or "generated-1". */
  readonly source: string
  readonly users: number
  readonly items: number
  /** Names of the G genres. */
  readonly genres: readonly string[]
  readonly truth: {
    /** z: how much a person likes an item, standardised over all pairs, within ±3. [users × items] */
    readonly taste: Float64Array
    /** c: how much an item is watched beyond what it is liked, standardised, within ±2. [items] */
    readonly pull: Float64Array
    /** g: an item's genres in equal shares. [items × G] */
    readonly shares: Float64Array
    /** p at a person's arrival: the mean of g over what the person has rated. [users × G] */
    readonly interest: Float64Array
  }
  readonly knowledge: Knowledge
}

/**
 * Make a population from ratings: tastes are a factorisation of all of them; agents get one of a random half.
 *
 *     const population = createPopulation(generateRatings(1))
 *
 * The same ratings give the same people, whatever the seed of the world they come to. Takes about a second.
 */
export function createPopulation(table: RatingTable): Population {
  const { source, users, items, genres } = table
  const shares = sharesOf(table)
  const chance = seededRandom(7, 'half')
  const half = Int32Array.from([...table.user.keys()].filter(() => chance.uniform() < 0.5))
  const known = rowsOf(table, half)
  return {
    ...{ source, users, items, genres },
    truth: {
      taste: standardised(estimates(factorise(table, { seed: 1 })), 3),
      pull: pullOf(table),
      shares,
      interest: interestOf(table, shares),
    },
    knowledge: knowledgeOf(known, factorise(known, { seed: 2 })),
  }
}

function rowsOf(table: RatingTable, rows: Int32Array): RatingTable {
  return {
    ...table,
    user: rows.map(row => table.user[row]!),
    item: rows.map(row => table.item[row]!),
    rating: Float64Array.from(rows, row => table.rating[row]!),
  }
}

function sharesOf({ items, genres: { length: width }, flags }: RatingTable): Float64Array {
  const shares = new Float64Array(items * width)
  for (let i = 0; i < items; i++) {
    const own = flags.subarray(i * width, (i + 1) * width)
    const count = own.reduce((sum, flag) => sum + flag, 0)
    for (let k = 0; k < width; k++) shares[i * width + k] = own[k]! / count
  }
  return shares
}

/** What is left of log counts when a line on mean ratings is taken away: watched more than liked. */
function pullOf({ items, item, rating }: RatingTable): Float64Array {
  const [count, sum] = [new Float64Array(items), new Float64Array(items)]
  for (const [row, i] of item.entries()) {
    count[i]! += 1
    sum[i]! += rating[row]!
  }
  const logs = count.map(each => Math.log(Math.max(1, each)))
  const means = sum.map((each, i) => each / Math.max(1, count[i]!))
  const [x, y] = [spreadOf(means), spreadOf(logs)]
  let product = 0
  for (let i = 0; i < items; i++) product += (means[i]! - x.mean) * (logs[i]! - y.mean)
  const slope = x.deviation === 0 ? 0 : product / items / x.deviation ** 2
  return standardised(
    logs.map((log, i) => log - slope * (means[i]! - x.mean)),
    2,
  )
}

function interestOf({ users, user, item, genres: { length: width } }: RatingTable, shares: Float64Array): Float64Array {
  const interest = new Float64Array(users * width)
  const count = new Float64Array(users)
  for (const [row, u] of user.entries()) {
    count[u]! += 1
    for (let k = 0; k < width; k++) interest[u * width + k]! += shares[item[row]! * width + k]!
  }
  return interest.map((sum, at) => sum / Math.max(1, count[Math.floor(at / width)]!))
}
