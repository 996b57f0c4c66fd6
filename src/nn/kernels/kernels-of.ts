import type { TensorFlow } from '../tensorflow.ts'
import type { Kernels } from './kernels.ts'
import { nativeKernels } from './native.ts'
import { plainKernels } from './plain.ts'
import { wasmKernels } from './wasm.ts'

const builders: Record<string, (tf: TensorFlow) => Kernels> = {
  tensorflow: nativeKernels,
  wasm: wasmKernels,
  cpu: plainKernels,
}
const opened = new Map<string, Kernels>()

/** The kernels of the backend that is active now. */
export function kernelsOf(tf: TensorFlow): Kernels {
  const name = tf.getBackend()
  let kernels = opened.get(name)
  if (kernels === undefined) opened.set(name, (kernels = builders[name]!(tf)))
  return kernels
}
