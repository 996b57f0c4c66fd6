import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import { kernelsOf } from '../../src/nn/kernels/kernels-of.ts'
import type { TensorFlow } from '../../src/nn/tensorflow.ts'
import { seededRandom } from '../../src/state/random.ts'

let tf: TensorFlow
beforeAll(async () => {
  tf = (await openBackend('wasm')).tf
})

const random = seededRandom(1, 'products')
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal())

/** Sums in order, in 32 bits. */
function plain(a: Float32Array, b: Float32Array, [rows, depth, outputs]: readonly number[], transposeA: boolean) {
  return Array.from({ length: rows! * outputs! }, (_, at) => {
    const [row, column] = [Math.floor(at / outputs!), at % outputs!]
    let sum = 0
    for (let k = 0; k < depth!; k++) {
      const factor = a[transposeA ? k * rows! + row : row * depth! + k]!
      sum = Math.fround(sum + Math.fround(factor * b[k * outputs! + column]!))
    }
    return sum
  })
}

test.each([
  [4, 3, 8],
  [7, 11, 16],
  [1, 5, 24],
  [43, 256, 64],
  [6, 2, 5],
] as const)('a product of %i rows, sums of %i and %i columns has the bits of sums in order', (rows, depth, outputs) => {
  const [a, b] = [numbers(rows * depth), numbers(depth * outputs)]
  for (const transposeA of [false, true]) {
    const sums = tf.tidy(() => {
      const first = tf.tensor2d(a, transposeA ? [depth, rows] : [rows, depth])
      return [...tf.matMul(first, tf.tensor2d(b, [depth, outputs]), transposeA).dataSync()]
    })
    expect(sums).toEqual(plain(a, b, [rows, depth, outputs], transposeA))
  }
})

test.each([8, 5])('products of blocks of rows, of %i columns, are those of each block', outputs => {
  const [blocks, rows, depth] = [3, 6, 4]
  const [a, right, long] = [
    numbers(blocks * rows * depth),
    numbers(blocks * depth * outputs),
    numbers(blocks * rows * outputs),
  ]
  const part = (all: Float32Array, k: number) =>
    all.subarray((k * all.length) / blocks, ((k + 1) * all.length) / blocks)
  const found = (b: Float32Array, transposeA: boolean) =>
    tf.tidy(() => {
      const [first, second] = [tf.tensor2d(a, [blocks * rows, depth]), tf.tensor2d(b, [b.length / outputs, outputs])]
      return [...kernelsOf(tf).blockProducts(first, second, blocks, transposeA).dataSync()]
    })
  const expected = (b: Float32Array, sizes: readonly number[], transposeA: boolean) =>
    [0, 1, 2].flatMap(k => plain(part(a, k), part(b, k), sizes, transposeA))
  expect(found(right, false)).toEqual(expected(right, [rows, depth, outputs], false))
  expect(found(long, true)).toEqual(expected(long, [depth, rows, outputs], true))
})
