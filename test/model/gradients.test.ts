import type { Tensor2D } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { attentionBackward, attentionForward } from '../../src/model/attention.ts'
import { openBackend, type TensorFlow } from '../../src/model/backend.ts'
import { mlpBackward, mlpForward, mlpInputGradient, mlpShapes } from '../../src/model/mlp.ts'
import { createParameters, fillNormal, type Parameters, type Shapes, toTensors } from '../../src/model/parameters.ts'
import { seededRandom } from '../../src/model/random.ts'
import { rlstmBackward, rlstmForward } from '../../src/model/rlstm.ts'
import { availableBackends } from './available-backends.ts'

// Sizes: batch, positions, record, hidden, attention.
const [B, T, R, H, S] = [3, 4, 5, 6, 3]

let tf: TensorFlow
let random = seededRandom(3, 'test')
const numbers = (count: number, deviation = 0.7) =>
  Float32Array.from({ length: count }, () => deviation * random.normal())
const matrix = (rows: number, columns: number, values = numbers(rows * columns)): Tensor2D =>
  tf.tensor2d(values, [rows, columns])

/** A parameter list filled with normal numbers. */
function filled<S extends Shapes>(shapes: S): Parameters<S> {
  const parameters = createParameters(shapes)
  fillNormal(parameters.values, 0.7, random)
  return parameters
}

/** The slope of `loss` along each of some weights, by central differences. */
function differences<S extends Shapes>(parameters: Parameters<S>, name: keyof S, loss: () => number): number[] {
  const view = parameters.view(name)
  const step = 4e-3
  return Array.from(view, (value, k) => {
    view[k] = value + step
    const above = loss()
    view[k] = value - step
    const below = loss()
    view[k] = value
    return (above - below) / (2 * step)
  })
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  const size = Math.max(...expected.map(Math.abs), 0.1)
  for (let k = 0; k < expected.length; k++) expect(Math.abs(actual[k]! - expected[k]!) / size).toBeLessThan(4e-3)
}

describe.each(await availableBackends())('on the %s backend', name => {
  let before = 0
  beforeAll(async () => {
    tf = (await openBackend(name)).tf
    before = tf.memory().numTensors
    random = seededRandom(3, 'test')
  })
  afterAll(() => expect(tf.memory().numTensors).toBe(before))

  test.each([
    ['lift', 'the last record'],
    ['lift', 'every record'],
    ['identity', 'the last record'],
    ['identity', 'every record'],
  ] as const)(
    'the cell with enhancement %s, pulled at after %s, has the gradients of finite differences',
    (enhancement, at) => {
      const parameters = filled({ input: [R, 4 * H], hidden: [H, 4 * H] })
      const rows = at === 'every record' ? T * B : B
      const [records, hidden, cell, pull] = [numbers(T * B * R), numbers(B * H), numbers(B * H), numbers(rows * H)]
      const forward = () => {
        const start = { hidden: matrix(B, H, hidden), cell: matrix(B, H, cell) }
        return rlstmForward(tf, toTensors(tf, parameters), matrix(T * B, R, records), start, enhancement)
      }
      const loss = () =>
        tf.tidy(() => {
          const pass = forward()
          const pulled = at === 'every record' ? pass.hiddens : pass.hidden
          return tf.sum(tf.mul(pulled, matrix(rows, H, pull))).dataSync()[0]!
        })
      const gradients = tf.tidy(() => {
        const weights = toTensors(tf, parameters)
        const all = rlstmBackward(tf, weights, matrix(T * B, R, records), forward(), matrix(rows, H, pull), enhancement)
        return { input: all.input.dataSync(), hidden: all.hidden.dataSync() }
      })
      expectClose(gradients.input, differences(parameters, 'input', loss))
      expectClose(gradients.hidden, differences(parameters, 'hidden', loss))
    },
  )

  test.each(['time', 'plain'] as const)(
    'self-attention weighted by %s has the gradients of finite differences',
    weighting => {
      const parameters = filled({ attention: [T * R, 3 * S] })
      const [records, pull] = [numbers(T * B * R), numbers(B * S)]
      const forward = () =>
        attentionForward(tf, toTensors(tf, parameters).attention, matrix(T * B, R, records), T, weighting)
      const loss = () => tf.tidy(() => tf.sum(tf.mul(forward().output, matrix(B, S, pull))).dataSync()[0]!)
      const gradient = tf.tidy(() =>
        attentionBackward(tf, matrix(T * B, R, records), forward(), matrix(B, S, pull), weighting).dataSync(),
      )
      expectClose(gradient, differences(parameters, 'attention', loss))
    },
  )

  test('the head has the gradients of finite differences, for its weights and for its input', () => {
    const parameters = filled(mlpShapes(R, [8, 4]))
    const input = filled({ input: [B, R] })
    const pull = numbers(B)
    const forward = () => mlpForward(tf, toTensors(tf, parameters), toTensors(tf, input).input)
    const loss = () => tf.tidy(() => tf.sum(tf.mul(forward().output, matrix(B, 1, pull))).dataSync()[0]!)
    const gradients = tf.tidy(() => {
      const weights = toTensors(tf, parameters)
      const all = mlpBackward(tf, weights, forward(), matrix(B, 1, pull)).weights
      const inputs = mlpInputGradient(tf, weights, forward(), matrix(B, 1, pull), 0, R)
      return {
        ...Object.fromEntries(Object.entries(all).map(([k, v]) => [k, v.dataSync()])),
        inputs: inputs.dataSync(),
      }
    })
    for (const name of Object.keys(parameters.shapes) as (keyof typeof parameters.shapes)[]) {
      expectClose((gradients as Record<string, Float32Array>)[name]!, differences(parameters, name, loss))
    }
    expectClose(gradients.inputs as Float32Array, differences(input, 'input', loss))
  })
})
