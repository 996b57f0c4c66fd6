import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from './backend.ts'

/** Two hidden layers with ReLU and one linear output. Shapes: D input, M first, N second layer. */
export interface MlpWeights {
  first: Tensor2D // [D, M]
  firstBias: Tensor2D // [1, M]
  second: Tensor2D // [M, N]
  secondBias: Tensor2D // [1, N]
  last: Tensor2D // [N, 1]
  lastBias: Tensor2D // [1, 1]
}

export const mlpShapes = (input: number, [first, second]: readonly [number, number]) =>
  ({
    first: [input, first],
    firstBias: [1, first],
    second: [first, second],
    secondBias: [1, second],
    last: [second, 1],
    lastBias: [1, 1],
  }) as const

export interface MlpPass {
  input: Tensor2D
  first: Tensor2D
  second: Tensor2D
  /** [B, 1] */
  output: Tensor2D
}

export function mlpForward(tf: TensorFlow, weights: MlpWeights, input: Tensor2D): MlpPass {
  const first = tf.relu(tf.add(tf.matMul(input, weights.first), weights.firstBias)) as Tensor2D // [B, M]
  const second = tf.relu(tf.add(tf.matMul(first, weights.second), weights.secondBias)) as Tensor2D // [B, N]
  const output = tf.add(tf.matMul(second, weights.last), weights.lastBias) as Tensor2D // [B, 1]
  return { input, first, second, output }
}

/** What a gradient on the output, [B, 1], becomes at the first layer before its ReLU, [B, M], and on the way there. */
function toFirst(tf: TensorFlow, weights: MlpWeights, pass: MlpPass, gradient: Tensor2D) {
  const dSecond = tf.mul(tf.mul(gradient, tf.transpose(weights.last)), tf.sign(pass.second)) as Tensor2D // [B, N]
  const dFirst = tf.mul(tf.matMul(dSecond, weights.second, false, true), tf.sign(pass.first)) as Tensor2D // [B, M]
  return { dFirst, dSecond }
}

/** Gradients of the weights and of the first layer's pre-activation, from which `inputGradient` goes on. */
export function mlpBackward(
  tf: TensorFlow,
  weights: MlpWeights,
  pass: MlpPass,
  gradient: Tensor2D,
): { weights: MlpWeights; dFirst: Tensor2D } {
  const { dFirst, dSecond } = toFirst(tf, weights, pass, gradient)
  return {
    dFirst,
    weights: {
      first: tf.matMul(pass.input, dFirst, true),
      firstBias: tf.sum(dFirst, 0, true),
      second: tf.matMul(pass.first, dSecond, true),
      secondBias: tf.sum(dSecond, 0, true),
      last: tf.matMul(pass.second, gradient, true),
      lastBias: tf.sum(gradient, 0, true),
    },
  }
}

/** The gradient of inputs [from, from + count) for a gradient on the output, without those of the weights. */
export function mlpInputGradient(
  tf: TensorFlow,
  weights: MlpWeights,
  pass: MlpPass,
  gradient: Tensor2D,
  from: number,
  count: number,
): Tensor2D {
  return inputGradient(tf, weights, toFirst(tf, weights, pass, gradient).dFirst, from, count)
}

/** The gradient of inputs [from, from + count), [B, count], for a gradient on the first layer, [B, M]. */
export function inputGradient(
  tf: TensorFlow,
  weights: MlpWeights,
  dFirst: Tensor2D,
  from: number,
  count: number,
): Tensor2D {
  const rows = tf.slice(weights.first, [from, 0], [count, weights.first.shape[1]])
  return tf.matMul(dFirst, rows, false, true)
}
