import { product, stripRows, strips } from '../../../model/forward-product.ts'
import type { Enhancement } from '../../../model/rlstm.ts'

/**
 * RLSTM over a chunk of sequences, with its state after every record and gradients from every one of them.
 *
 *     c′ = f ⊙ c    c″ = enhance(c′)    c = c″ + i ⊙ g    h = o ⊙ tanh(c)
 *
 * Hong et al. 2021, section 2.1; `lift` is our reading of its enhancement, `identity` makes it an LSTM. The same cell as
 * src/model/rlstm.ts, in loops: with 32 numbers in a state, calls to a tensor library would cost more than the arithmetic.
 * Shapes: B sequences, T steps, H hidden; gates stand in the order forget, input, output, content.
 */
export interface Recurrent {
  /** [B·T, H], the state after each record. */
  readonly outputs: Float32Array
  /** [B·T, H], the state before each record; what the gradient of the hidden weights is made of. */
  readonly before: Float32Array
  /**
   * `drive` holds the records times the input weights: step t of sequence b at `start(b, t)`, 4H numbers. `carry` is
   * [B, 2H], hidden then cell, and is moved on to after the last record.
   */
  forward(
    batch: number,
    steps: number,
    drive: Float32Array,
    start: (b: number, t: number) => number,
    weights: Float32Array,
    carry: Float32Array,
  ): void
  /** Adds to `dDrive`, laid out like `drive`, for gradients on all outputs of the last `forward`, rows of `stride` numbers. */
  backward(
    dDrive: Float32Array,
    start: (b: number, t: number) => number,
    weights: Float32Array,
    dOutputs: Float32Array,
    stride: number,
  ): void
}

/** Room for `rows` = B·T records at most. */
export function recurrent(rows: number, hidden: number, enhancement: Enhancement): Recurrent {
  const wide = 4 * hidden
  let [batch, steps] = [0, 0]
  const outputs = new Float32Array(rows * hidden)
  const before = new Float32Array(rows * hidden)
  const cells = new Float32Array(rows * hidden) // before each record
  const gates = new Float32Array(rows * wide)
  const kept = new Float32Array(rows * hidden)
  const squashed = new Float32Array(rows * hidden)
  const driven = new Float64Array(stripRows(wide))
  const sums = new Float64Array(stripRows(wide))
  const state = new Float64Array(hidden)
  const lifted = enhancement === 'lift'
  const dHidden = new Float64Array(stripRows(hidden))
  const zero = new Float64Array(stripRows(hidden))
  const dCell = new Float64Array(hidden)

  return {
    outputs,
    before,
    forward(sequences, length, drive, start, weights, carry) {
      batch = sequences
      steps = length
      const matrix = strips(weights, hidden, wide)
      for (let b = 0; b < batch; b++) {
        const own = b * 2 * hidden
        for (let k = 0; k < hidden; k++) state[k] = carry[own + k]!
        for (let t = 0; t < steps; t++) {
          const at = (b * steps + t) * hidden
          const from = start(b, t)
          for (let j = 0; j < wide; j++) driven[j] = drive[from + j]!
          before.set(state, at)
          product(matrix, state, driven, sums)
          for (let k = 0; k < hidden; k++) {
            const forget = sigmoid(sums[k]!)
            const input = sigmoid(sums[hidden + k]!)
            const output = sigmoid(sums[2 * hidden + k]!)
            const content = tanh(sums[3 * hidden + k]!)
            const cell = carry[own + hidden + k]!
            const left = forget * cell
            const bounded = Math.min(1, Math.max(-1, left))
            const next = (lifted ? bounded * (2 - Math.abs(bounded)) : left) + input * content
            const small = tanh(next)
            cells[at + k] = cell
            gates[4 * at + k] = forget
            gates[4 * at + hidden + k] = input
            gates[4 * at + 2 * hidden + k] = output
            gates[4 * at + 3 * hidden + k] = content
            kept[at + k] = left
            squashed[at + k] = small
            carry[own + hidden + k] = next
            outputs[at + k] = output * small
            state[k] = outputs[at + k]!
          }
        }
        carry.set(state, own)
      }
    },
    backward(dDrive, start, weights, dOutputs, stride) {
      const matrix = strips(transposed(weights, hidden, wide), wide, hidden)
      for (let b = 0; b < batch; b++) {
        dHidden.fill(0)
        dCell.fill(0)
        for (let t = steps - 1; t >= 0; t--) {
          const at = (b * steps + t) * hidden
          const to = start(b, t)
          const given = (b * steps + t) * stride
          for (let k = 0; k < hidden; k++) {
            const forget = gates[4 * at + k]!
            const input = gates[4 * at + hidden + k]!
            const output = gates[4 * at + 2 * hidden + k]!
            const content = gates[4 * at + 3 * hidden + k]!
            const small = squashed[at + k]!
            const dH = dHidden[k]! + dOutputs[given + k]!
            const dNext = dCell[k]! + dH * output * (1 - small * small)
            const dKept = lifted ? dNext * 2 * Math.max(0, 1 - Math.abs(kept[at + k]!)) : dNext
            sums[k] = dKept * cells[at + k]! * forget * (1 - forget)
            sums[hidden + k] = dNext * content * input * (1 - input)
            sums[2 * hidden + k] = dH * small * output * (1 - output)
            sums[3 * hidden + k] = dNext * input * (1 - content * content)
            dCell[k] = dKept * forget
          }
          for (let j = 0; j < wide; j++) dDrive[to + j]! += sums[j]!
          product(matrix, sums, zero, dHidden)
        }
      }
    },
  }
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const tanh = (x: number): number => 1 - 2 / (Math.exp(2 * x) + 1)

function transposed(weights: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(rows * columns)
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) result[c * rows + r] = weights[r * columns + c]!
  return result
}
