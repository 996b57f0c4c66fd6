import { expect, test } from 'vitest'
import { product, stripRows, strips, stripsOfRows } from '../../src/nn/forward-product.ts'

/** Three inputs, five outputs. */
const byInput = Float32Array.of(1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500)
const byOutput = Float32Array.of(1, 10, 100, 2, 20, 200, 3, 30, 300, 4, 40, 400, 5, 50, 500)

test('a matrix that lies row by row is laid out as the same one that lies input by input', () => {
  expect(stripsOfRows(byOutput, 3)).toEqual(strips(byInput, 3, 5))
})

test('a layout of the same size is written over, another one is made anew', () => {
  const made = stripsOfRows(new Float32Array(15), 3)
  expect(stripsOfRows(byOutput, 3, made).values).toBe(made.values)
  expect(made).toEqual(strips(byInput, 3, 5))
  expect(stripsOfRows(byOutput, 5, made).values).not.toBe(made.values)
})

test('a product starts from where it is told to', () => {
  const result = new Float64Array(stripRows(5))
  product(strips(byInput, 3, 5), Float64Array.of(1, 1, -1), new Float64Array(8).fill(0.5), result)
  expect([...result.subarray(0, 5)]).toEqual([-88.5, -177.5, -266.5, -355.5, -444.5])
})
