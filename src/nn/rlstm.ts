import type { Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { Enhancement, RecurrentState, RlstmPass, RlstmWeights } from './kernels/recurrent.ts'
import type { TensorFlow } from './tensorflow.ts'

export type { Enhancement, RecurrentState, RlstmPass, RlstmWeights }

/**
 * Run the cell over a window: c′ = f ⊙ c, c″ = enhance(c′), c = c″ + i ⊙ g, h = o ⊙ tanh(c).
 *
 *     const pass = rlstmForward(tf, weights, records, start, 'rlstm')   // inside tf.tidy: the pass holds what goes back
 *
 * Without a way back what a step needs for itself is freed at once: memory that is still in the cache is used again.
 * Shapes: B batch, T records, R record, H hidden. `records` is [T·B, R], all first records first.
 */
export function rlstmForward(
  tf: TensorFlow,
  weights: RlstmWeights,
  records: Tensor2D,
  start: RecurrentState,
  enhancement: Enhancement,
  hasWayBack = true,
): RlstmPass {
  return kernelsOf(tf).recurrent.forward(weights, records, start, enhancement, hasWayBack)
}

/**
 * Gradients of the weights; the state before the window is a constant.
 *
 * `gradient` is that of the last hidden state, [B, H], or those of the hidden states after every record, [T·B, H].
 */
export function rlstmBackward(
  tf: TensorFlow,
  weights: RlstmWeights,
  records: Tensor2D,
  pass: RlstmPass,
  gradient: Tensor2D,
  enhancement: Enhancement,
): RlstmWeights {
  return kernelsOf(tf).recurrent.backward(weights, records, pass, gradient, enhancement)
}
