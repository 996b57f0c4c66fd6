/** The dot product of `length` numbers, in an order that never changes. */
export function dot(a: Float64Array, from: number, b: Float64Array, length: number): number {
  let even = 0
  let odd = 0
  let third = 0
  let fourth = 0
  let k = 0
  for (; k + 3 < length; k += 4) {
    even += a[from + k]! * b[k]!
    odd += a[from + k + 1]! * b[k + 1]!
    third += a[from + k + 2]! * b[k + 2]!
    fourth += a[from + k + 3]! * b[k + 3]!
  }
  for (; k < length; k++) even += a[from + k]! * b[k]!
  return even + odd + (third + fourth)
}

/** A [rows, columns] matrix as [columns, rows], so that a product reads memory in order. */
export function transposed(matrix: Float32Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = matrix[row * columns + column]!
  }
  return result
}
