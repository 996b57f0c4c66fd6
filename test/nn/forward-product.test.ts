import { expect, test } from 'vitest'
import { product, stripRows, stripsOfRows } from '../../src/nn/forward-product.ts'

/** Three columns, five rows. */
const byOutput = Float32Array.of(1, 10, 100, 2, 20, 200, 3, 30, 300, 4, 40, 400, 5, 50, 500)

test('a matrix that lies row by row is laid out in strips of four rows, column by column', () => {
  const { rows, columns, values } = stripsOfRows(byOutput, 3)
  expect({ rows, columns }).toEqual({ rows: 8, columns: 3 })
  expect([...values.subarray(0, 12)]).toEqual([1, 2, 3, 4, 10, 20, 30, 40, 100, 200, 300, 400])
  expect([...values.subarray(12)]).toEqual([5, 0, 0, 0, 50, 0, 0, 0, 500, 0, 0, 0])
})

test('a layout of the same size is written over, another one is made anew', () => {
  const made = stripsOfRows(new Float32Array(15), 3)
  expect(stripsOfRows(byOutput, 3, made).values).toBe(made.values)
  expect(made).toEqual(stripsOfRows(byOutput, 3))
  expect(stripsOfRows(byOutput, 5, made).values).not.toBe(made.values)
})

test('a product starts from where it is told to', () => {
  const result = new Float64Array(stripRows(5))
  product(stripsOfRows(byOutput, 3), Float64Array.of(1, 1, -1), new Float64Array(8).fill(0.5), result)
  expect([...result.subarray(0, 5)]).toEqual([-88.5, -177.5, -266.5, -355.5, -444.5])
})
