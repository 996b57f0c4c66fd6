/** A matrix laid out for products with vectors: strips of four rows, column by column, so that four sums go on at once. */
export interface Strips {
  readonly values: Float64Array
  /** Rows of the matrix, made up to a multiple of four with zeros. */
  readonly rows: number
  readonly columns: number
}

/** Lay out a matrix that lies row by row; `made`, if it has the size, is written over. */
export function stripsOfRows(matrix: Float32Array, columns: number, made?: Strips): Strips {
  const count = columns === 0 ? 0 : matrix.length / columns
  const rows = stripRows(count)
  const isMade = made !== undefined && made.rows === rows && made.columns === columns
  const values = isMade ? made.values : new Float64Array(rows * columns)
  for (let row = 0, from = 0; row < count; row++) {
    let to = (row - (row % 4)) * columns + (row % 4)
    for (let column = 0; column < columns; column++, to += 4) values[to] = matrix[from++]!
  }
  return { values, rows, columns }
}

/** How long the result of a product with `outputs` numbers must be. */
export const stripRows = (outputs: number): number => 4 * Math.ceil(outputs / 4)

/** result = start + matrix · vector; every sum runs over the columns in order, so its bits never change. */
export function product(matrix: Strips, vector: Float64Array, start: Float64Array, result: Float64Array): void {
  const { values, rows, columns } = matrix
  let at = 0
  for (let row = 0; row < rows; row += 4) {
    let first = start[row]!
    let second = start[row + 1]!
    let third = start[row + 2]!
    let fourth = start[row + 3]!
    for (let k = 0; k < columns; k++, at += 4) {
      const x = vector[k]!
      first += values[at]! * x
      second += values[at + 1]! * x
      third += values[at + 2]! * x
      fourth += values[at + 3]! * x
    }
    result[row] = first
    result[row + 1] = second
    result[row + 2] = third
    result[row + 3] = fourth
  }
}
