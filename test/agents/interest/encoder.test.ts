import type { Scalar } from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { type EncoderOptions, encode, encoderShapes, fillEncoder } from '../../../src/agents/interest/encoder.ts'
import { forwardEncoder } from '../../../src/agents/interest/forward.ts'
import { openBackend } from '../../../src/nn/backend.ts'
import { gradientOf } from '../../../src/nn/gradient.ts'
import { createParameters, type Parameters, toTensors } from '../../../src/nn/parameters.ts'
import type { TensorFlow } from '../../../src/nn/tensorflow.ts'
import { seededRandom } from '../../../src/state/random.ts'

const sizes = { record: 5, profile: 2, context: 3, positions: 3, hidden: 4, short: 4, state: 6, layers: 1 }
const variants: [string, EncoderOptions][] = [
  ['RLSTM and attention', { ...sizes, long: 'rlstm', weighting: 't-self-attention' }],
  ['LSTM and equal weights', { ...sizes, long: 'lstm', weighting: 'self-attention' }],
  ['the long interest alone', { ...sizes, long: 'rlstm', weighting: 'none' }],
  ['the short interest alone', { ...sizes, long: 'none', weighting: 't-self-attention' }],
  ['two layers', { ...sizes, layers: 2, long: 'rlstm', weighting: 'none' }],
  ['three layers', { ...sizes, layers: 3, long: 'none', weighting: 'self-attention' }],
]

let tf: TensorFlow
beforeAll(async () => {
  tf = (await openBackend()).tf
})

const random = seededRandom(3, 'encoder test')
const numbers = (count: number) => Array.from({ length: count }, () => random.normal())
/** Two users: one with a full window, one with a record alone. */
const windows = [
  Array.from({ length: 3 }, () => [...numbers(4), 1]),
  [
    [0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0],
    [...numbers(4), 1],
  ],
]
const states = [0, 1].map(user => ({
  hidden: numbers(4).map(x => (user === 0 ? x / 3 : 0)),
  cell: numbers(4).map(x => (user === 0 ? x / 3 : 0)),
}))
const rests = [numbers(5), numbers(5)]

const observed = () => ({
  records: tf.tensor2d(
    [0, 1, 2].flatMap(t => windows.flatMap(window => window[t]!)),
    [6, 5],
  ),
  hidden: tf.tensor2d(
    states.flatMap(state => state.hidden),
    [2, 4],
  ),
  cell: tf.tensor2d(
    states.flatMap(state => state.cell),
    [2, 4],
  ),
  rest: tf.tensor2d(rests.flat(), [2, 5]),
})
const filled = (options: EncoderOptions) => {
  const parameters = createParameters(encoderShapes(options))
  fillEncoder(parameters as Parameters<never>, options, seededRandom(1, 'weights'))
  return parameters
}

describe.each(variants)('an encoder of %s', (_, options) => {
  test('serves the state that it is trained with', () => {
    const parameters = filled(options)
    const trained = tf.tidy(() => encode(tf, toTensors(tf, parameters), observed(), options).arraySync()) as number[][]
    const serving = forwardEncoder(options)
    serving.load(parameters)
    windows.forEach((window, user) => {
      const { hidden, cell } = states[user]!
      serving.observe(
        window.map(record => Float64Array.from(record)),
        Float64Array.from(hidden),
        Float64Array.from(cell),
        Float64Array.from(rests[user]!),
      )
      trained[user]!.forEach((number, k) => {
        expect(serving.state[k]).toBeCloseTo(number, 5)
      })
    })
  })

  test('has the gradients that small steps show', () => {
    const parameters = filled(options)
    const seen = observed()
    const loss = (weights: ReturnType<typeof toTensors<typeof parameters.shapes>>) =>
      tf.sum(tf.square(encode(tf, weights, seen, options))) as Scalar
    const gradient = new Float32Array(parameters.values.length)
    gradientOf(tf, parameters, loss, gradient)
    const spare = new Float32Array(gradient.length)
    const kept = parameters.values.slice()
    for (let k = 0; k < kept.length; k += 7) {
      const at = (by: number) => {
        parameters.values.set(kept)
        parameters.values[k]! += by
        return gradientOf(tf, parameters, loss, spare)
      }
      const slope = (at(0.01) - at(-0.01)) / 0.02
      expect(Math.abs(gradient[k]! - slope), `weight ${k}`).toBeLessThan(2e-2 + 2e-2 * Math.abs(slope))
    }
  })
})
