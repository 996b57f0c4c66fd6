import type { Tensor } from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import type { TensorFlow } from '../../src/nn/tensorflow.ts'
import { seededRandom } from '../../src/state/random.ts'

let tf: TensorFlow
beforeAll(async () => {
  tf = (await openBackend('cpu')).tf
  await openBackend('wasm')
})

/** The same computation on the plain cpu backend and on the mended wasm one. */
async function both(compute: () => Tensor): Promise<[number[], number[]]> {
  const run = async (name: string) => {
    await tf.setBackend(name)
    return tf.tidy(() => [...compute().dataSync()])
  }
  return [await run('cpu'), await run('wasm')]
}

const random = seededRandom(1, 'test')
const numbers = Float32Array.from({ length: 2 * 7 * 11 }, () => 2 * random.normal())
const a = () => tf.tensor2d(numbers.slice(0, 77), [7, 11])
const b = () => tf.tensor2d(numbers.slice(77), [7, 11])
const deep = () => tf.tensor3d(numbers, [2, 7, 11])

test.each<[string, () => Tensor]>([
  ['matMul', () => tf.matMul(a(), tf.transpose(b()))],
  ['matMul, first operand transposed', () => tf.matMul(a(), b(), true)],
  ['matMul, second operand transposed', () => tf.matMul(a(), b(), false, true)],
  ['matMul of three dimensions, second transposed', () => tf.matMul(deep(), deep(), false, true)],
  ['tanh, far out too', () => tf.tanh(tf.mul(deep(), 20))],
  ['sum over rows', () => tf.sum(a(), 0)],
  ['sum over rows, keeping the dimension', () => tf.sum(a(), 0, true)],
  ['sum over columns', () => tf.sum(a(), 1)],
  ['sum over the middle', () => tf.sum(deep(), 1, true)],
  ['slice of columns', () => tf.slice(a(), [0, 3], [7, 5])],
  ['slice of rows', () => tf.slice(a(), [2, 0], [3, 11])],
  ['slice to the end', () => tf.slice(a(), [2, 4])],
  ['slice of three dimensions', () => tf.slice(deep(), [0, 1, 2], [2, 3, 4])],
  ['concat of columns', () => tf.concat([a(), tf.slice(b(), [0, 0], [7, 2]), b()], 1)],
  ['concat of rows', () => tf.concat([a(), b()], 0)],
])('%s gives what the cpu backend gives', async (_name, compute) => {
  const [cpu, wasm] = await both(compute)
  expect(wasm).toHaveLength(cpu.length)
  for (let k = 0; k < cpu.length; k++) expect(Math.abs(wasm[k]! - cpu[k]!)).toBeLessThanOrEqual(1e-5)
})

test('tanh is as exact as its floats are, near zero and far away too', async () => {
  const near = [0, 1e-30, 1e-9, 2e-8, 1e-7, 1e-6, 1e-4, 0.01, 0.3]
  const far = [1, 3, 8.9, 9.1, 20, 1e30, Number.POSITIVE_INFINITY]
  const even = Array.from({ length: 2000 }, (_, k) => k / 200)
  const xs = [...near, ...far, ...even].flatMap(x => [x, -x])
  const [, wasm] = await both(() => tf.tanh(tf.tensor1d(xs)))
  for (const [k, given] of xs.entries()) {
    const right = Math.tanh(Math.fround(given))
    expect(Math.abs(wasm[k]! - right)).toBeLessThanOrEqual(1e-7 * Math.abs(right))
    expect(Math.abs(wasm[k]!)).toBeLessThanOrEqual(1)
  }
  const [, unknown] = await both(() => tf.tanh(tf.tensor1d([Number.NaN])))
  expect(unknown[0]).toBeNaN()
})

test('mended kernels leave no memory behind', async () => {
  await tf.setBackend('wasm')
  const tensors = tf.memory().numTensors
  const buffers = tf.memory().numDataBuffers
  for (let n = 0; n < 50; n++) {
    tf.tidy(() => {
      tf.sum(
        tf.concat([tf.tanh(tf.matMul(a(), b(), true)), tf.slice(tf.matMul(a(), a(), true), [0, 0], [11, 4])], 1),
        0,
      )
    })
  }
  expect(tf.memory().numTensors).toBe(tensors)
  expect(tf.memory().numDataBuffers).toBe(buffers)
})
