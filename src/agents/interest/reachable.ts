import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../nn/tensorflow.ts'

/**
 * Targets held to what rewards in [0, 1], times `scale`, can come to, [B, 1]: a network that has gone astray cannot teach itself on.
 *
 *     reachable(tf, tf.tensor2d([[-1e9], [0.7]]), 0.1, 0.9)   // [[-1], [0.7]]
 *
 * There is as much room again on both sides: estimates err, and held to the very range they would err to one side only.
 */
export function reachable(tf: TensorFlow, targets: Tensor2D, scale: number, gamma: number): Tensor2D {
  if (gamma >= 1) return targets
  const most = scale / (1 - gamma)
  return tf.minimum(tf.maximum(targets, -most), 2 * most)
}
