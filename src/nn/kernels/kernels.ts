import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { RecurrentKernel } from './recurrent.ts'

/**
 * What backends do each in their own way: the parts of a network that take most of its time.
 *
 * None of them keeps a tape; the tensors they make belong to the enclosing tf.tidy.
 */
export interface Kernels {
  recurrent: RecurrentKernel
  product(a: Tensor2D, b: Tensor2D, transposeA?: boolean, transposeB?: boolean): Tensor2D
  /** input · weights + bias, [1, outputs], through ReLU or as it is. */
  layer(input: Tensor2D, weights: Tensor2D, bias: Tensor2D, relu: boolean): Tensor2D
  /** What of a gradient on a ReLU's output goes on to its input. */
  throughRelu(gradient: Tensor2D, output: Tensor2D): Tensor2D
  /** The sum of every column, [1, columns]. */
  columnSums(x: Tensor2D): Tensor2D
  /** The product of each of `blocks` equal blocks of rows of `a`, transposed or not, with that of `b`; one below the other. */
  blockProducts(a: Tensor2D, b: Tensor2D, blocks: number, transposeA: boolean): Tensor2D
  /**
   * Tensors of these shapes from a plain loop, which must write all their numbers.
   *
   *     const [sums] = kernels.compute([x], [[rows, 1]], ([x], [sums]) => …)   // x, sums: Float32Array, row by row
   */
  compute(inputs: readonly Tensor2D[], shapes: readonly (readonly [number, number])[], loop: Loop): Tensor2D[]
}

export type Loop = (inputs: Float32Array[], outputs: Float32Array[]) => void
