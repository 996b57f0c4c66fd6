import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../../src/nn/backend.ts'
import { gradientOf } from '../../src/nn/gradient.ts'
import { operation } from '../../src/nn/operation.ts'
import { createParameters } from '../../src/nn/parameters.ts'
import type { TensorFlow } from '../../src/nn/tensorflow.ts'
import { availableBackends } from './available-backends.ts'

describe.each(await availableBackends())('an operation of our own on %s', name => {
  let tf: TensorFlow
  const ways: boolean[] = []
  beforeAll(async () => {
    tf = (await openBackend(name)).tf
  })

  /** x², by way of |x|, which is kept. */
  const square = (x: Tensor2D): Tensor2D =>
    operation(tf, [x], ([x], hasWayBack) => {
      ways.push(hasWayBack)
      const size = tf.abs(x!) as Tensor2D
      return {
        value: tf.mul(size, size),
        kept: [size],
        back: gradient => [tf.mul(tf.mul(tf.mul(2, size), tf.sign(x!)), gradient)],
      }
    })
  const parameters = createParameters({ x: [1, 3] })
  parameters.values.set([1, -2, 3])

  test('has the gradient that its way back says, of weights and of what was made of them', () => {
    const gradient = new Float32Array(3)
    const loss = gradientOf(
      tf,
      parameters,
      ({ x }) => tf.sum(square(square(tf.neg(x!) as Tensor2D))) as Scalar,
      gradient,
    )
    expect(loss).toBe(1 + 16 + 81)
    expect([...gradient]).toEqual([4, -32, 108])
  })

  test('leaves no tensor behind, also where its value is thrown away, and hears whether a way back is asked for', () => {
    const before = tf.memory().numTensors
    ways.length = 0
    gradientOf(
      tf,
      parameters,
      ({ x }) => {
        square(x!)
        return tf.sum(square(x!)) as Scalar
      },
      new Float32Array(3),
    )
    tf.tidy(() => void square(tf.tensor2d([[1, 2, 3]])))
    expect(tf.memory().numTensors).toBe(before)
    expect(ways).toEqual([true, true, false])
  })

  test('gives back what it kept when the loss fails', () => {
    const before = tf.memory().numTensors
    const failing = ({ x }: { x?: Tensor2D }): Scalar => {
      square(x!)
      throw new Error('no loss')
    }
    expect(() => gradientOf(tf, parameters, failing, new Float32Array(3))).toThrow('no loss')
    expect(tf.memory().numTensors).toBe(before)
  })
})
