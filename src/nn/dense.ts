import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { kernelsOf } from './kernels/kernels-of.ts'
import type { TensorFlow } from './tensorflow.ts'

/**
 * One dense layer, differentiable in all it is given: input · weights + bias, [B, N], through ReLU or as it is.
 *
 * Shapes: input [B, M], weights [M, N], bias [1, N].
 */
export function dense(tf: TensorFlow, input: Tensor2D, weights: Tensor2D, bias: Tensor2D, relu: boolean): Tensor2D {
  const run = tf.customGrad((...given) => {
    const [input, weights, bias, save] = given as unknown as [Tensor2D, Tensor2D, Tensor2D, (kept: Tensor[]) => void]
    const { layer, product, throughRelu } = kernelsOf(tf)
    const output = layer(input, weights, bias, relu) // [B, N]
    save([input, weights, output])
    return {
      value: output,
      gradFunc: (gradient: Tensor, saved: Tensor[]) => {
        const [input, weights, output] = saved as [Tensor2D, Tensor2D, Tensor2D]
        const through = relu ? throughRelu(gradient as Tensor2D, output) : (gradient as Tensor2D) // [B, N]
        return [product(through, weights, false, true), product(input, through, true), tf.sum(through, 0, true)]
      },
    }
  })
  return run(input, weights, bias) as Tensor2D
}
