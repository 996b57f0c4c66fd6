import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'

/** The part of tfjs-node's backend that runs a TensorFlow operation by its name. */
interface NativeBackend {
  binding: Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_FLOAT' | 'TF_INT32', number>
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[]
}

interface Attribute {
  name: string
  type: number
  value: number | boolean
}

/**
 * TensorFlow's own operations on float32 tensors, without the checks, shapes and tape around those of TensorFlow.js.
 *
 * A product of 256×64 numbers takes 9 µs this way and 23 µs as `tf.mul`. Tensors belong to the enclosing tf.tidy.
 */
export interface NativeOps {
  /**
   * Of more than two dimensions: one product for each index before the last two.
   *
   * BatchMatMulV2 even for two: MatMul and BlockLSTM may end in a routine of the library in which processes died.
   */
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor
  /** One of TensorFlow's element-wise operations, by its name there; shapes are broadcast. */
  run(name: ElementWise, ...inputs: Tensor[]): Tensor
  /** Of tensors of one shape. */
  sum(parts: readonly Tensor[]): Tensor
  split(x: Tensor, axis: 0 | 1, parts: number): Tensor[]
  /** The parts along the first axis, each of one dimension less; nothing is copied. */
  unpack(x: Tensor): Tensor[]
  concat(parts: readonly Tensor[], axis: 0 | 1): Tensor
  /** An operation of several results, with its switches. */
  call(name: string, switches: Record<string, boolean>, inputs: readonly Tensor[], outputs: number): Tensor[]
}

type ElementWise = 'Abs' | 'AddV2' | 'ClipByValue' | 'Mul' | 'Relu' | 'ReluGrad' | 'Sigmoid' | 'Sub' | 'Tanh'

export function nativeOps(tf: TensorFlow): NativeOps {
  const backend = tf.backend() as unknown as NativeBackend
  const { binding } = backend
  const float: Attribute = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
  const flag = (name: string, value: boolean): Attribute => ({ name, type: binding.TF_ATTR_BOOL, value })
  const int = (name: string, value: number): Attribute => ({ name, type: binding.TF_ATTR_INT, value })
  const bits = [false, true]
  const products = bits.map(a => bits.map(b => [float, flag('adj_x', a), flag('adj_y', b)]))
  const index: Attribute = { name: 'Tidx', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 }
  const axes = [0, 1].map(axis => tf.keep(tf.scalar(axis, 'int32'))) as [Scalar, Scalar]
  const plain = [float]
  return {
    matMul: (a, b, transposeA = false, transposeB = false) =>
      backend.executeSingleOutput('BatchMatMulV2', products[+transposeA]![+transposeB]!, [a, b]),
    run: (name, ...inputs) => backend.executeSingleOutput(name, plain, inputs),
    sum: parts => backend.executeSingleOutput('AddN', [float, int('N', parts.length)], parts),
    split: (x, axis, parts) =>
      backend.executeMultipleOutputs('Split', [float, int('num_split', parts)], [axes[axis], x], parts),
    unpack: x =>
      backend.executeMultipleOutputs('Unpack', [float, int('num', x.shape[0]!), int('axis', 0)], [x], x.shape[0]!),
    concat: (parts, axis) =>
      // ConcatV2 refuses a single part.
      parts.length === 1
        ? tf.clone(parts[0]!)
        : backend.executeSingleOutput('ConcatV2', [float, int('N', parts.length), index], [...parts, axes[axis]]),
    call(name, switches, inputs, outputs) {
      const listed = Object.entries(switches).map(([key, value]) => flag(key, value))
      return backend.executeMultipleOutputs(name, [float, ...listed], inputs, outputs)
    },
  }
}
