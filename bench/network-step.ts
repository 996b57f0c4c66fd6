import type { Tensor2D } from '@tensorflow/tfjs-core'
import { adam } from '../src/nn/adam.ts'
import { attentionBackward, attentionForward } from '../src/nn/attention.ts'
import { inputGradient, mlpBackward, mlpForward, mlpShapes } from '../src/nn/mlp.ts'
import { createParameters, fillNormal, flatten, toTensors } from '../src/nn/parameters.ts'
import { type Enhancement, rlstmBackward, rlstmForward } from '../src/nn/rlstm.ts'
import type { TensorFlow } from '../src/nn/tensorflow.ts'
import { seededRandom } from '../src/state/random.ts'

/** Batch, records in a window, numbers in a record, hidden units, positions and size of the attention. */
export const sizes = { batch: 256, length: 20, record: 32, hidden: 64, positions: 5, short: 32, rate: 1e-3 }
const { batch, length, record, hidden, positions, short } = sizes

export const shapes = {
  input: [record, 4 * hidden],
  hidden: [hidden, 4 * hidden],
  attention: [positions * record, 3 * short],
  ...mlpShapes(hidden + short, [64, 32]),
} as const

/** Weights and records that every contender starts from. */
export function startOf() {
  const random = seededRandom(1, 'networks')
  const parameters = createParameters(shapes)
  fillNormal(parameters.values, 0.1, random)
  const normal = (count: number, deviation: number) => {
    const values = new Float32Array(count)
    fillNormal(values, deviation, random)
    return values
  }
  return { parameters, records: normal(length * batch * record, 1), goal: normal(batch, 0.5) }
}

/** A training step of long and short interest, head, squared error and Adam on the backend that is active when it runs. */
export function trainStep(tf: TensorFlow, enhancement: Enhancement): () => number {
  const { parameters, records, goal } = startOf()
  const optimiser = adam(parameters.values.length, { rate: sizes.rate, maxNorm: Infinity })
  const gradient = new Float32Array(parameters.values.length)
  return () =>
    tf.tidy(() => {
      const all = tf.tensor2d(records, [length * batch, record])
      const window = tf.slice(all, [(length - positions) * batch, 0], [positions * batch, record])
      const weights = toTensors(tf, parameters)
      const start = { hidden: tf.zeros([batch, hidden]) as Tensor2D, cell: tf.zeros([batch, hidden]) as Tensor2D }
      const long = rlstmForward(tf, weights, all, start, enhancement)
      const attention = attentionForward(tf, weights.attention, window, positions, 't-self-attention')
      const state = tf.concat([long.hidden, attention.output], 1) as Tensor2D // [B, H + S]
      const head = mlpForward(tf, weights, state)
      const error = tf.sub(head.output, tf.tensor2d(goal, [batch, 1])) as Tensor2D // [B, 1]

      const back = mlpBackward(tf, weights, head, tf.mul(error, 2 / batch))
      const dState = inputGradient(tf, weights, back.dFirst, 0, hidden + short) // [B, H + S]
      const dLong = tf.slice(dState, [0, 0], [batch, hidden])
      const dShort = tf.slice(dState, [0, hidden], [batch, short])
      const gradients = {
        ...rlstmBackward(tf, weights, all, long, dLong, enhancement),
        attention: attentionBackward(tf, window, attention, dShort, 't-self-attention'),
        ...back.weights,
      }
      optimiser.update(parameters.values, flatten(parameters, gradients, gradient))
      return tf.mean(tf.square(error)).dataSync()[0]!
    })
}
