import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import { dense, perceptron } from '../../src/nn/dense.ts'
import { gradientOf } from '../../src/nn/gradient.ts'
import { createParameters } from '../../src/nn/parameters.ts'
import type { TensorFlow } from '../../src/nn/tensorflow.ts'
import { availableBackends } from './available-backends.ts'

const shapes = { a: [2, 3], b: [2, 3], row: [1, 3], square: [3, 2] } as const
const start = [
  0.3, -0.8, 1.2, 0.9, -0.4, 0.7, 1.1, 0.6, -0.5, 1.4, 0.8, -1.3, 0.2, -0.6, 0.9, 0.5, -0.7, 0.4, 1.3, -0.2, 0.6,
]

type Inputs = Record<'a' | 'b' | 'row' | 'square', Tensor2D>
const losses: Record<string, (tf: TensorFlow, x: Inputs) => Tensor> = {
  'sums of what is spread': (tf, { a, b, row }) => tf.sub(tf.add(a, row), tf.mul(2, b)),
  'products of what is spread': (tf, { a, b, row }) => tf.mul(tf.mul(a, row), b),
  quotients: (tf, { a, b, row }) => tf.div(tf.mul(a, b), tf.add(2, row)),
  'squares, roots and sizes': (tf, { a, b }) => tf.add(tf.sqrt(tf.add(1, tf.square(a))), tf.abs(b)),
  'exponentials and logarithms': (tf, { a, b }) => tf.mul(tf.log(tf.add(2, tf.square(a))), tf.exp(tf.neg(b))),
  'bounded units': (tf, { a, b }) => tf.mul(tf.sigmoid(a), tf.add(tf.tanh(b), tf.relu(a))),
  softmax: (tf, { a, b }) => tf.mul(tf.softmax(a), b),
  'means and sums along an axis': (tf, { a, b }) => tf.mul(tf.mean(a, 1, true), tf.sum(b, 0, true)),
  'parts put side by side': (tf, { a, b, row }) => tf.mul(tf.concat([a, b], 1), tf.concat([row, row], 1)),
  'parts put one below the other': (tf, { a, row }) => tf.square(tf.concat([a, row], 0)),
  padding: (tf, { a, row }) =>
    tf.square(
      tf.pad2d(tf.mul(a, row), [
        [1, 0],
        [0, 2],
      ]),
    ),
  'a part cut out': (tf, { a, b }) => tf.square(tf.slice2d(tf.mul(a, b), [1, 1], [1, 2])),
  'matrix products': (tf, { a, square, b }) => tf.add(tf.matMul(tf.matMul(a, square), b), 1),
  'transposed matrix products': (tf, { a, b, square }) => tf.matMul(tf.matMul(a, b, true, false), square, true, false),
  'a dense layer': (tf, { a, square, row }) => dense(tf, a, square, tf.matMul(row, square), true),
  'a dense layer behind a hidden one': (tf, { a, b, square, row }) =>
    perceptron(tf, a, {
      first: square,
      firstBias: tf.matMul(row, square),
      second: tf.mul(b, b),
      secondBias: row,
    }),
}

describe.each(await availableBackends())('gradients on %s', name => {
  let tf: TensorFlow
  beforeAll(async () => {
    tf = (await openBackend(name)).tf
  })

  test.each(Object.keys(losses))('%s have the slope that small steps show', which => {
    const parameters = createParameters(shapes)
    parameters.values.set(start)
    // Every input is in the loss, so that those which an operation does not take have a slope of their own.
    const loss = (x: Inputs): Scalar =>
      tf.add(
        tf.sum(losses[which]!(tf, x)),
        tf.mul(0.1, tf.add(tf.add(tf.sum(x.a), tf.sum(x.b)), tf.add(tf.sum(x.row), tf.sum(x.square)))),
      ) as Scalar
    const gradient = new Float32Array(start.length)
    gradientOf(tf, parameters, loss as never, gradient)
    const at = (values: readonly number[]): number => {
      parameters.values.set(values)
      return gradientOf(tf, parameters, loss as never, new Float32Array(start.length))
    }
    start.forEach((_, k) => {
      const moved = (by: number) => start.map((value, i) => (i === k ? value + by : value))
      const slope = (at(moved(0.01)) - at(moved(-0.01))) / 0.02
      expect(Math.abs(gradient[k]! - slope), `slope ${k}`).toBeLessThan(2e-2 + 1e-2 * Math.abs(slope))
    })
  })

  test('a gradient leaves no tensor behind', () => {
    const parameters = createParameters(shapes)
    parameters.values.set(start)
    const loss = (x: Inputs) => tf.sum(tf.mul(tf.add(x.a, x.row), tf.matMul(tf.matMul(x.b, x.square), x.b))) as Scalar
    const before = tf.memory().numTensors
    gradientOf(tf, parameters, loss as never, new Float32Array(start.length))
    expect(tf.memory().numTensors).toBe(before)
  })
})
