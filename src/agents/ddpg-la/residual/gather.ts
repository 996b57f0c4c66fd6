import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../../../nn/tensorflow.ts'
import type { Agent } from './agent.ts'
import { type Batch, longSize } from './network.ts'

/** Transitions at these places of the ring as tensors. */
export function gatherBatch(tf: TensorFlow, { state, options }: Agent, indexes: Int32Array): Batch {
  const { positions, record, profile, candidate } = options
  const batch = indexes.length
  const windows = state['memory.windows']
  const records = new Float32Array(positions * batch * record)
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < positions; t++) {
      const from = (indexes[b]! * positions + t) * record
      const to = (t * batch + b) * record
      for (let k = 0; k < record; k++) records[to + k] = windows[from + k]!
    }
  }
  return {
    records: tf.tensor2d(records, [positions * batch, record]), // [T·B, R]
    hidden: gatherRows(tf, state['memory.hiddens'], indexes, longSize(options)), // [B, H]
    cell: gatherRows(tf, state['memory.cells'], indexes, longSize(options)), // [B, H]
    rest: gatherRows(tf, state['memory.rests'], indexes, profile + candidate), // [B, P + C]
  }
}

/** One number of each of these transitions. */
export function gatherColumn(source: Float32Array, indexes: Int32Array): Float32Array {
  const values = new Float32Array(indexes.length)
  for (let b = 0; b < indexes.length; b++) values[b] = source[indexes[b]!]!
  return values
}

function gatherRows(tf: TensorFlow, source: Float32Array, indexes: Int32Array, width: number): Tensor2D {
  const values = new Float32Array(indexes.length * width)
  for (let b = 0; b < indexes.length; b++) {
    for (let k = 0, from = indexes[b]! * width, to = b * width; k < width; k++) values[to++] = source[from++]!
  }
  return tf.tensor2d(values, [indexes.length, width])
}
