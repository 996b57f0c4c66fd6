import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'

/**
 * Tensors of the wasm backend as plain arrays, read and written where they lie.
 *
 * A view is good until the next tensor is made, since the heap may move then. Never write to a tensor that was the
 * second operand of a product: the backend keeps a packed copy of it.
 */
export interface WasmHeap {
  /** A tensor with anything in it, which belongs to the enclosing tf.tidy. */
  empty(rows: number, columns: number): Tensor2D
  view(tensor: Tensor): Float32Array
}

export function wasmHeap(tf: TensorFlow): WasmHeap {
  const backend = tf.backend() as BackendWasm
  return {
    empty(rows, columns) {
      const made = backend.makeOutput([rows, columns], 'float32')
      return tf.engine().makeTensorFromTensorInfo(made) as Tensor2D
    },
    view: tensor => backend.typedArrayFromHeap(tensor) as Float32Array,
  }
}
