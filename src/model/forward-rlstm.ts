import { dot, transposed } from './forward-product.ts'
import type { Enhancement } from './rlstm.ts'

/**
 * One step of the cell in plain arrays, for serving: the same numbers on every backend and however events are batched.
 *
 * `advance` moves `hidden` and `cell` on by one record, in place.
 */
export interface ForwardRlstm {
  load(input: Float32Array, hidden: Float32Array): void
  advance(record: Float64Array, hidden: Float64Array, cell: Float64Array): void
}

export function forwardRlstm(recordSize: number, size: number, enhancement: Enhancement): ForwardRlstm {
  let inputRows: Float64Array = new Float64Array(0) // [4H, R]
  let hiddenRows: Float64Array = new Float64Array(0) // [4H, H]
  const drive = new Float64Array(4 * size)
  return {
    load(input, hidden) {
      inputRows = transposed(input, recordSize, 4 * size)
      hiddenRows = transposed(hidden, size, 4 * size)
    },
    advance(record, hidden, cell) {
      for (let k = 0; k < 4 * size; k++) {
        drive[k] = dot(inputRows, k * recordSize, record, recordSize) + dot(hiddenRows, k * size, hidden, size)
      }
      for (let k = 0; k < size; k++) {
        let kept = sigmoid(drive[k]!) * cell[k]!
        if (enhancement === 'lift') {
          kept = kept > 1 ? 1 : kept < -1 ? -1 : kept
          kept *= 2 - Math.abs(kept)
        }
        cell[k] = kept + sigmoid(drive[size + k]!) * Math.tanh(drive[3 * size + k]!)
        hidden[k] = sigmoid(drive[2 * size + k]!) * Math.tanh(cell[k]!)
      }
    },
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
