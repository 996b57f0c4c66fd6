import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'
import type { Kernels } from './kernels.ts'
import { nativeOps } from './native-ops.ts'
import { nativeRecurrent } from './native-recurrent.ts'
import { plainKernels } from './plain.ts'

/** Kernels from TensorFlow's own operations. */
export function nativeKernels(tf: TensorFlow): Kernels {
  const ops = nativeOps(tf)
  return {
    recurrent: nativeRecurrent(tf, ops),
    product: ops.matMul as Kernels['product'],
    layer(input, weights, bias, relu) {
      const sum = ops.run('AddV2', ops.matMul(input, weights), bias)
      return (relu ? ops.run('Relu', sum) : sum) as Tensor2D
    },
    throughRelu: (gradient, output) => ops.run('ReluGrad', gradient, output) as Tensor2D,
    columnSums: x => tf.sum(x, 0, true),
    blockProducts(a, b, blocks, transposeA) {
      const deep = (x: Tensor2D) => tf.reshape(x, [blocks, x.shape[0] / blocks, x.shape[1]])
      const product = ops.matMul(deep(a), deep(b), transposeA)
      return tf.reshape(product, [-1, b.shape[1]]) as Tensor2D
    },
    compute: plainKernels(tf).compute,
  }
}
