import { forwardMemory } from './forward-memory.ts'
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
  const { matrix, numbers, multiply } = forwardMemory()
  const [input, recurrent] = [matrix(recordSize, 4 * size), matrix(size, 4 * size)]
  const [seen, before, drive] = [numbers(recordSize), numbers(size), numbers(input.rows)]
  return {
    load(inputWeights, hiddenWeights) {
      input.load(inputWeights)
      recurrent.load(hiddenWeights)
    },
    advance(record, hidden, cell) {
      for (let k = 0; k < recordSize; k++) seen.values[k] = record[k]!
      for (let k = 0; k < size; k++) before.values[k] = hidden[k]!
      drive.values.fill(0)
      multiply(input, seen, drive)
      multiply(recurrent, before, drive)
      const gates = drive.values
      for (let k = 0; k < size; k++) {
        let kept = sigmoid(gates[k]!) * cell[k]!
        if (enhancement === 'rlstm') {
          kept = Math.max(-1, Math.min(1, kept))
          kept *= 2 - Math.abs(kept)
        }
        cell[k] = kept + sigmoid(gates[size + k]!) * Math.tanh(gates[3 * size + k]!)
        hidden[k] = sigmoid(gates[2 * size + k]!) * Math.tanh(cell[k]!)
      }
    },
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
