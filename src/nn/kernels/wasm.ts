import type { TensorFlow } from '../tensorflow.ts'
import type { Kernels } from './kernels.ts'
import { plainKernels } from './plain.ts'
import { wasmHeap } from './wasm-heap.ts'
import { wasmRecurrent } from './wasm-recurrent.ts'

/** Kernels of XNNPACK's products and loops over the heap. */
export function wasmKernels(tf: TensorFlow): Kernels {
  const heap = wasmHeap(tf)
  return {
    ...plainKernels(tf),
    recurrent: wasmRecurrent(tf, heap),
    compute(inputs, shapes, loop) {
      const outputs = shapes.map(([rows, columns]) => heap.empty(rows, columns))
      loop(inputs.map(heap.view), outputs.map(heap.view))
      return outputs
    },
  }
}
