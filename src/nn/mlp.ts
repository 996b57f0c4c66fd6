import type { Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { TensorFlow } from './tensorflow.ts'

/** Two hidden layers with ReLU and linear outputs. Shapes: D input, M first, N second layer, O outputs. */
export interface MlpWeights {
  first: Tensor2D // [D, M]
  firstBias: Tensor2D // [1, M]
  second: Tensor2D // [M, N]
  secondBias: Tensor2D // [1, N]
  last: Tensor2D // [N, O]
  lastBias: Tensor2D // [1, O]
}

export const mlpShapes = (input: number, [first, second]: readonly [number, number], outputs = 1) =>
  ({
    first: [input, first],
    firstBias: [1, first],
    second: [first, second],
    secondBias: [1, second],
    last: [second, outputs],
    lastBias: [1, outputs],
  }) as const

export interface MlpPass {
  input: Tensor2D
  first: Tensor2D
  second: Tensor2D
  /** What the first layer was multiplied by, [B, M]; null: by nothing. */
  mask: Tensor2D | null
  /** [B, O] */
  output: Tensor2D
}

/** With a mask, [B, M], the first hidden layer is multiplied by it: dropout (Srivastava et al. 2014), where what is kept is scaled up. */
export function mlpForward(
  tf: TensorFlow,
  weights: MlpWeights,
  input: Tensor2D,
  mask: Tensor2D | null = null,
): MlpPass {
  const { layer } = kernelsOf(tf)
  const whole = layer(input, weights.first, weights.firstBias, true) // [B, M]
  const first = mask === null ? whole : (tf.mul(whole, mask) as Tensor2D) // [B, M]
  const second = layer(first, weights.second, weights.secondBias, true) // [B, N]
  const output = layer(second, weights.last, weights.lastBias, false) // [B, O]
  return { input, first, second, mask, output }
}

/** What a gradient on the output, [B, O], becomes at the first layer before its ReLU, [B, M], and on the way there. */
function toFirst(tf: TensorFlow, weights: MlpWeights, pass: MlpPass, gradient: Tensor2D) {
  const { product, throughRelu } = kernelsOf(tf)
  const dSecond = throughRelu(product(gradient, weights.last, false, true), pass.second) // [B, N]
  const dMasked = throughRelu(product(dSecond, weights.second, false, true), pass.first) // [B, M]
  const dFirst = pass.mask === null ? dMasked : (tf.mul(dMasked, pass.mask) as Tensor2D) // [B, M]
  return { dFirst, dSecond }
}

/** Gradients of the weights and of the first layer's pre-activation, from which `inputGradient` goes on. */
export function mlpBackward(
  tf: TensorFlow,
  weights: MlpWeights,
  pass: MlpPass,
  gradient: Tensor2D,
): { weights: MlpWeights; dFirst: Tensor2D } {
  const { product } = kernelsOf(tf)
  const { dFirst, dSecond } = toFirst(tf, weights, pass, gradient)
  return {
    dFirst,
    weights: {
      first: product(pass.input, dFirst, true),
      firstBias: tf.sum(dFirst, 0, true),
      second: product(pass.first, dSecond, true),
      secondBias: tf.sum(dSecond, 0, true),
      last: product(pass.second, gradient, true),
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
  return kernelsOf(tf).product(dFirst, rows, false, true)
}
