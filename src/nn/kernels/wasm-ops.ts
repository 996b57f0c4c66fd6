import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Tensor2D, TensorInfo } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'

/**
 * The wasm backend's own operations, without the checks, shapes and tape around those of TensorFlow.js.
 *
 * They give the same bits. Tensors belong to the enclosing tf.tidy.
 */
export interface WasmOps {
  product(a: Tensor2D, b: Tensor2D, transposeA?: boolean, transposeB?: boolean): Tensor2D
  /** Shapes are broadcast. */
  add(a: Tensor2D, b: Tensor2D): Tensor2D
  relu(x: Tensor2D): Tensor2D
  sigmoid(x: Tensor2D): Tensor2D
}

export function wasmOps(tf: TensorFlow): WasmOps {
  const backend = tf.backend() as BackendWasm
  const kernel = (name: string) => {
    const run = tf.getKernel(name, 'wasm').kernelFunc as unknown as (given: object) => TensorInfo
    return (inputs: Record<string, Tensor2D>, attrs = {}) =>
      tf.engine().makeTensorFromTensorInfo(run({ inputs, backend, attrs })) as Tensor2D
  }
  const [product, add, relu, sigmoid] = ['BatchMatMul', 'Add', 'Relu', 'Sigmoid'].map(kernel) as [
    ReturnType<typeof kernel>,
    ReturnType<typeof kernel>,
    ReturnType<typeof kernel>,
    ReturnType<typeof kernel>,
  ]
  return {
    product: (a, b, transposeA = false, transposeB = false) => product({ a, b }, { transposeA, transposeB }),
    add: (a, b) => add({ a, b }),
    relu: x => relu({ x }),
    sigmoid: x => sigmoid({ x }),
  }
}
