import type { ItemFacts } from '../../../agents/catalogue.ts'
import { symmetricSolver } from '../../../state/cholesky.ts'
import { spreadOf, standardised } from '../../../state/spread.ts'
import { estimates, type Factorisation } from './factorise.ts'
import type { RatingTable } from './rating-table.ts'

/** What agents may know of people and items before anything was shown: a factorisation of half the ratings, genres, counts. */
export interface Knowledge {
  /** D: 8 factors, bias, log count, then a genre each. */
  readonly itemSize: number
  /** P: 8 factors and bias. */
  readonly profileSize: number
  /** [items × D] */
  readonly itemVectors: Float32Array
  /** [users × P] */
  readonly profiles: Float32Array
  /** A person's taste in the coordinates of item vectors: taste · item vector follows the person's rating estimates. [users × D] */
  readonly tastes: Float32Array
  /** How many of the ratings known an item has. [items] */
  readonly popularity: Float64Array
  /** Rating estimates of the factorisation. [users × items] */
  readonly estimates: Float64Array
  /** Genres in equal shares, the factorisation's biases, how many of the ratings known; when items came nobody knows. */
  readonly facts: ItemFacts
}

/** Put a factorisation of known ratings, their counts and genres into vectors whose numbers are of the order of one. */
export function knowledgeOf(table: RatingTable, model: Factorisation): Knowledge {
  const { users, items, item, flags, genres } = table
  const { factors, userBias, itemBias, userFactors, itemFactors } = model
  const popularity = new Float64Array(items)
  for (const i of item) popularity[i]! += 1
  const columns = [
    ...columnsOf(itemFactors, factors).map(column => scaled(standardised(column), 0.5)),
    scaled(standardised(itemBias), 0.7),
    scaled(standardised(popularity.map(count => Math.log(count + 1))), 0.7),
    ...columnsOf(Float64Array.from(flags), genres.length).map(column =>
      column.map((flag, i) => flag / Math.sqrt(countOf(flags, i, genres.length))),
    ),
  ]
  const rated = estimates(model)
  const profile = [...columnsOf(userFactors, factors), userBias].map(column =>
    column.map(value => (0.5 * value) / spreadOf(column).deviation),
  )
  return {
    itemSize: columns.length,
    profileSize: profile.length,
    itemVectors: rowsOf(columns, items),
    profiles: rowsOf(profile, users),
    tastes: tastesOf(rated, columns.slice(0, factors + 1), users, columns.length),
    popularity,
    estimates: rated,
    facts: {
      version: 1,
      shareSize: genres.length,
      shares: Float32Array.from(
        flags,
        (flag, at) => flag / countOf(flags, Math.floor(at / genres.length), genres.length),
      ),
      bias: Float32Array.from(itemBias),
      met: Float32Array.from(popularity),
      since: new Float64Array(items).fill(Number.NaN),
    },
  }
}

const scaled = (column: Float64Array, by: number) => column.map(value => by * value)

const countOf = (flags: Uint8Array, row: number, width: number) =>
  flags.subarray(row * width, (row + 1) * width).reduce((sum, flag) => sum + flag, 0)

function columnsOf(rows: Float64Array, width: number): Float64Array[] {
  const { length } = rows
  return Array.from({ length: width }, (_, k) =>
    Float64Array.from({ length: length / width }, (_, row) => rows[row * width + k]!),
  )
}

function rowsOf(columns: readonly Float64Array[], rows: number): Float32Array {
  const { length: width } = columns
  return Float32Array.from({ length: rows * width }, (_, at) => columns[at % width]![Math.floor(at / width)]!)
}

/**
 * Least squares of each person's estimates, less their mean, on the item vectors' factors and bias, in units of the deviation
 * of all of them. The coordinates of log count and genres stay 0.
 */
function tastesOf(rated: Float64Array, columns: readonly Float64Array[], users: number, itemSize: number) {
  const { length: width } = columns
  const items = rated.length / users
  const centred = columns.map(column => {
    const { mean } = spreadOf(column)
    return column.map(value => value - mean)
  })
  const products = new Float64Array((width * (width + 1)) / 2)
  for (let r = 0, at = 0; r < width; r++) {
    for (let c = 0; c <= r; c++, at++) products[at] = dot(centred[r]!, centred[c]!)
  }
  const own = Float64Array.from(rated)
  for (let u = 0; u < users; u++) {
    const row = own.subarray(u * items, (u + 1) * items)
    const { mean } = spreadOf(row)
    for (let i = 0; i < items; i++) row[i]! -= mean
  }
  const { deviation } = spreadOf(own)
  const solver = symmetricSolver(width)
  const tastes = new Float32Array(users * itemSize)
  const solution = new Float64Array(width)
  for (let u = 0; u < users; u++) {
    const row = own.subarray(u * items, (u + 1) * items)
    solver.solve(
      products.slice(),
      Float64Array.from(centred, column => dot(column, row)),
      solution,
    )
    tastes.set(
      solution.map(value => value / deviation),
      u * itemSize,
    )
  }
  return tastes
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
