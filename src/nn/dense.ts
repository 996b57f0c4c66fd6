import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { Kernels } from './kernels/kernels.ts'
import { kernelsOf } from './kernels/kernels-of.ts'
import { operation } from './operation.ts'
import type { TensorFlow } from './tensorflow.ts'

/**
 * One dense layer, differentiable in all it is given: input · weights + bias, [B, N], through ReLU or as it is.
 *
 * Shapes: input [B, M], weights [M, N], bias [1, N].
 */
export function dense(tf: TensorFlow, input: Tensor2D, weights: Tensor2D, bias: Tensor2D, relu: boolean): Tensor2D {
  const kernels = kernelsOf(tf)
  return operation(tf, [input, weights, bias], ([input, weights, bias]) => {
    const output = kernels.layer(input!, weights!, bias!, relu) // [B, N]
    return {
      value: output,
      kept: [],
      back(gradient) {
        const through = relu ? kernels.throughRelu(gradient, output) : gradient // [B, N]
        return [kernels.product(through, weights!, false, true), ...weightsBack(kernels, input!, through)]
      },
    }
  })
}

/**
 * A hidden layer with ReLU and a dense one behind it, differentiable in the input and the weights, [B, N].
 *
 * Shapes: input [B, M], first [M, U], firstBias [1, U], second [U, N], secondBias [1, N].
 */
export function perceptron(
  tf: TensorFlow,
  input: Tensor2D,
  { first, firstBias, second, secondBias }: Record<'first' | 'firstBias' | 'second' | 'secondBias', Tensor2D>,
): Tensor2D {
  const kernels = kernelsOf(tf)
  return operation(
    tf,
    [input, first, firstBias, second, secondBias],
    ([input, first, firstBias, second, secondBias]) => {
      const hidden = kernels.layer(input!, first!, firstBias!, true) // [B, U]
      return {
        value: kernels.layer(hidden, second!, secondBias!, false),
        kept: [hidden],
        back(gradient) {
          const through = kernels.throughRelu(kernels.product(gradient, second!, false, true), hidden) // [B, U]
          return [
            kernels.product(through, first!, false, true),
            ...weightsBack(kernels, input!, through),
            ...weightsBack(kernels, hidden, gradient),
          ]
        },
      }
    },
  )
}

/** Gradients of a layer's weights and bias, for one on what they give. */
export const weightsBack = (kernels: Kernels, input: Tensor2D, gradient: Tensor2D): [Tensor2D, Tensor2D] => [
  kernels.product(input, gradient, true),
  kernels.columnSums(gradient),
]
