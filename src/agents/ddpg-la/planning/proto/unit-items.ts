import type { Tensor2D } from '@tensorflow/tfjs-core'
import { product, type Strips, stripRows, stripsOfRows } from '../../../../nn/forward-product.ts'
import type { TensorFlow } from '../../../../nn/tensorflow.ts'
import type { Catalogue } from '../../../catalogue.ts'

/** Item vectors made to length one, where all actions lie; worked out anew when the catalogue changes. */
export interface UnitItems {
  /** The dot product of every item with a direction, divided by the direction's length; good until the next call. */
  scores(direction: Float64Array): Float32Array
  /** Rows made to length one, [B, D]. */
  unit(rows: Tensor2D): Tensor2D
  /** All of them, [I, D]; kept until the catalogue changes. */
  tensor(): Tensor2D
  dispose(): void
}

export function unitItems(tf: TensorFlow, catalogue: Catalogue): UnitItems {
  const size = catalogue.itemSize
  let rows = new Float32Array(0)
  let matrix: Strips = stripsOfRows(rows, 0)
  let scores = new Float32Array(0)
  let start = new Float64Array(0)
  let sums = new Float64Array(0)
  let tensor: Tensor2D | null = null
  let version = -1
  let count = 0

  const refresh = () => {
    if (version === catalogue.version && count === catalogue.itemCount) return
    version = catalogue.version
    count = catalogue.itemCount
    const vectors = catalogue.itemVectors()
    rows = new Float32Array(count * size)
    scores = new Float32Array(count)
    start = new Float64Array(stripRows(count))
    sums = new Float64Array(start.length)
    for (let item = 0; item < count; item++) {
      let square = 0
      for (let k = item * size; k < (item + 1) * size; k++) square += vectors[k]! ** 2
      const length = Math.sqrt(square) + 1e-8
      for (let k = item * size; k < (item + 1) * size; k++) rows[k] = vectors[k]! / length
    }
    matrix = stripsOfRows(rows, size)
    tensor?.dispose()
    tensor = null
  }

  return {
    scores(direction) {
      refresh()
      let square = 0
      for (let k = 0; k < size; k++) square += direction[k]! ** 2
      const length = Math.sqrt(square) + 1e-8
      product(matrix, direction, start, sums)
      for (let item = 0; item < count; item++) scores[item] = sums[item]! / length
      return scores
    },
    unit: vectors => tf.div(vectors, tf.add(tf.sqrt(tf.sum(tf.square(vectors), 1, true)), 1e-8)),
    tensor() {
      refresh()
      tensor ??= tf.keep(tf.tensor2d(rows.slice(), [count, size]))
      return tensor
    },
    dispose() {
      tensor?.dispose()
      tensor = null
    },
  }
}
