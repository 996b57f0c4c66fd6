import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../../model/backend.ts'

/**
 * What an error costs, on a scale of four points (1 to 5):
 *
 * - `squared`: e², whose best answer is the mean;
 * - `huber`: squared up to two points and straight beyond, so that the few large errors do not drown the rest
 *   (Huber 1964); with a narrower bend the absolute error falls further and the squared one rises;
 * - `absolute`: |e|, whose best answer is the median.
 */
export type ErrorLoss = (typeof errorLosses)[number]
export const errorLosses = ['squared', 'huber', 'absolute'] as const

/** The loss's slope in every prediction, [B, 1], for errors prediction − reward, [B, 1], in [−1, 1]. */
export function errorGradient(tf: TensorFlow, loss: ErrorLoss, errors: Tensor2D): Tensor2D {
  if (loss === 'squared') return tf.mul(errors, 2 * points * points)
  if (loss === 'absolute') return tf.mul(tf.sign(errors), points)
  return tf.mul(tf.clipByValue(tf.mul(errors, points / width), -1, 1), points)
}

/** Errors count as on a five-point scale, which puts λ where TD3+BC's experience has it. */
const points = 4
const width = 2
