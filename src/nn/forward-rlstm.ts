import { product, type Strips, stripRows, strips } from './forward-product.ts'
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
  let input: Strips
  let recurrent: Strips
  const zero = new Float64Array(stripRows(4 * size))
  const drive = new Float64Array(zero.length)
  return {
    load(inputWeights, hiddenWeights) {
      input = strips(inputWeights, recordSize, 4 * size)
      recurrent = strips(hiddenWeights, size, 4 * size)
    },
    advance(record, hidden, cell) {
      product(input, record, zero, drive)
      product(recurrent, hidden, drive, drive)
      for (let k = 0; k < size; k++) {
        let kept = sigmoid(drive[k]!) * cell[k]!
        if (enhancement === 'rlstm') {
          kept = Math.max(-1, Math.min(1, kept))
          kept *= 2 - Math.abs(kept)
        }
        cell[k] = kept + sigmoid(drive[size + k]!) * Math.tanh(drive[3 * size + k]!)
        hidden[k] = sigmoid(drive[2 * size + k]!) * Math.tanh(cell[k]!)
      }
    },
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
