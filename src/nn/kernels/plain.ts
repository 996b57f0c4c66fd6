import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'
import type { Kernels } from './kernels.ts'
import { plainRecurrent } from './plain-recurrent.ts'

/** Kernels from TensorFlow.js operations that every backend has. */
export function plainKernels(tf: TensorFlow): Kernels {
  return {
    recurrent: plainRecurrent(tf),
    product: tf.matMul as Kernels['product'],
    layer(input, weights, bias, relu) {
      const sum = tf.add(tf.matMul(input, weights), bias) as Tensor2D
      return relu ? tf.relu(sum) : sum
    },
    throughRelu: (gradient, output) => tf.mul(gradient, tf.sign(output)),
    columnSums: x => tf.sum(x, 0, true),
    blockProducts(a, b, blocks, transposeA) {
      const block = (x: Tensor2D, index: number): Tensor2D => {
        const rows = x.shape[0] / blocks
        return tf.slice(x, [index * rows, 0], [rows, x.shape[1]])
      }
      // One by one: on wasm a batched product leaves XNNPACK.
      const products = Array.from({ length: blocks }, (_, i) => tf.matMul(block(a, i), block(b, i), transposeA))
      return tf.concat(products, 0) as Tensor2D
    },
    compute(inputs, shapes, loop) {
      const outputs = shapes.map(([rows, columns]) => new Float32Array(rows * columns))
      loop(
        inputs.map(input => input.dataSync() as Float32Array),
        outputs,
      )
      return outputs.map((output, i) => tf.tensor2d(output, shapes[i] as [number, number]))
    },
  }
}
