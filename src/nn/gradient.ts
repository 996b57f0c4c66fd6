import type { Scalar, Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from './kernels/kernels-of.ts'
import { whileKept } from './operation.ts'
import { type Parameters, type Shapes, toTensors, type Weights } from './parameters.ts'
import type { TensorFlow } from './tensorflow.ts'

/**
 * The value of a loss and its gradient in all weights, written to `into` in the order of `parameters.values`.
 *
 *     const loss = gradientOf(tf, critic, weights => tf.mean(tf.square(q(weights, batch))), gradient)
 *
 * The loss must depend on every weight that is not empty.
 */
export function gradientOf<S extends Shapes>(
  tf: TensorFlow,
  parameters: Parameters<S>,
  loss: (weights: Weights<S>) => Scalar,
  into: Float32Array,
): number {
  return tf.tidy(() => {
    const tensors = toTensors(tf, parameters)
    const names = Object.keys(parameters.shapes).filter(name => (tensors[name]?.size ?? 0) > 0)
    const graph = tf.valueAndGrads((...given) => {
      const weights = { ...tensors } as Record<string, Tensor2D>
      names.forEach((name, k) => {
        weights[name] = given[k] as Tensor2D
      })
      return loss(weights as Weights<S>)
    })
    const given = names.map(name => tensors[name]!)
    return whileKept(given, () => {
      const { value, grads } = graph(given)
      kernelsOf(tf).compute(grads as Tensor2D[], [], parts => {
        let at = 0
        for (const part of parts) {
          into.set(part, at)
          at += part.length
        }
      })
      return (value as Scalar).dataSync()[0]!
    })
  })
}
