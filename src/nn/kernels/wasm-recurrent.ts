import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '../tensorflow.ts'
import type { Enhancement, RecurrentKernel } from './recurrent.ts'
import type { WasmHeap } from './wasm-heap.ts'
import type { WasmOps } from './wasm-ops.ts'

/**
 * The recurrent cell on the wasm backend: products and sigmoids by XNNPACK, all else in one loop over the heap.
 *
 * tanh(x) = 2·sigmoid(2x) − 1, so that one call of sigmoid serves all four gates: the columns of the content are
 * doubled in the weights.
 */
export function wasmRecurrent(tf: TensorFlow, heap: WasmHeap, ops: WasmOps): RecurrentKernel {
  /** Of what nobody else asks for: its memory, still in the cache, is used again. */
  const sigmoidOf = (x: Tensor2D): Tensor2D => {
    const result = ops.sigmoid(x)
    x.dispose()
    return result
  }
  return {
    forward(weights, records, start, enhancement, hasWayBack) {
      const [batch, width] = start.hidden.shape
      const width0 = records.shape[1]
      const length = records.shape[0] / batch
      const both = tf.concat([weights.input, weights.hidden], 0) as Tensor2D // [R + H, 4H]
      doubleContent(heap.view(both), width)
      const hiddens = heap.empty(length * batch, width) // [T·B, H]
      const tape: Tensor2D[] = []
      let { hidden, cell } = start
      for (let t = 0; t < length; t++) {
        const seen = heap.empty(batch, width0 + width) // [B, R + H]
        join(heap.view(seen), heap.view(records).subarray(t * batch * width0), heap.view(hidden), batch, width0, width)
        const gates = sigmoidOf(ops.product(seen, both)) // [B, 4H]
        const next = heap.empty(batch, width)
        const twice = heap.empty(batch, width)
        advance(heap.view(gates), heap.view(cell), heap.view(next), heap.view(twice), width, enhancement)
        const squashed = sigmoidOf(twice) // [B, H]
        const output = heap.empty(batch, width)
        emit(heap.view(gates), heap.view(squashed), heap.view(output), width)
        heap.view(hiddens).set(heap.view(output), t * batch * width)
        if (hasWayBack) tape.push(seen, gates, cell, squashed)
        else for (const each of [seen, gates, squashed, ...(t > 0 ? [hidden, cell] : [])]) each.dispose()
        hidden = output
        cell = next
      }
      return { hiddens, hidden, cell, tape }
    },

    backward(weights, records, pass, gradient, enhancement) {
      const [batch, width] = pass.hidden.shape
      const width0 = records.shape[1]
      const length = pass.tape.length / tapeWidth
      const ofAll = gradient.shape[0] > batch
      const back = tf.transpose(weights.hidden) // [4H, H]
      const total = heap.empty(width0 + width, 4 * width) // [R + H, 4H]
      heap.view(total).fill(0)
      const dCell = heap.empty(batch, width)
      heap.view(dCell).fill(0)
      let through: Tensor2D | null = null
      for (let t = length - 1; t >= 0; t--) {
        const [seen, gates, cell, squashed] = pass.tape.slice(t * tapeWidth) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D]
        const dHidden = heap.empty(batch, width)
        const sum = heap.view(dHidden)
        if (through === null) sum.fill(0)
        else sum.set(heap.view(through))
        if (ofAll || through === null) accumulate(sum, heap.view(gradient).subarray(ofAll ? t * batch * width : 0))
        const drive = heap.empty(batch, 4 * width)
        retreat(
          {
            gates: heap.view(gates),
            cell: heap.view(cell),
            squashed: heap.view(squashed),
            dHidden: heap.view(dHidden),
          },
          heap.view(dCell),
          heap.view(drive),
          width,
          enhancement,
        )
        const part = ops.product(seen, drive, true) // [R + H, 4H]
        accumulate(heap.view(total), heap.view(part))
        through?.dispose()
        if (t > 0) through = ops.product(drive, back) // [B, H]
        for (const each of [dHidden, drive, part]) each.dispose()
      }
      return {
        input: tf.slice(total, [0, 0], [width0, 4 * width]),
        hidden: tf.slice(total, [width0, 0], [width, 4 * width]),
      }
    },
  }
}

/** Tensors on the tape for each record. */
const tapeWidth = 4

/** Double the last quarter of every row. */
function doubleContent(weights: Float32Array, width: number): void {
  for (let row = 3 * width; row < weights.length; row += 4 * width) {
    for (let k = row; k < row + width; k++) weights[k]! *= 2
  }
}

/** Rows of a record and the hidden state before it. */
function join(
  seen: Float32Array,
  records: Float32Array,
  hidden: Float32Array,
  batch: number,
  width0: number,
  width: number,
): void {
  for (let b = 0, to = 0, from0 = 0, from = 0; b < batch; b++) {
    for (let k = 0; k < width0; k++) seen[to++] = records[from0++]!
    for (let k = 0; k < width; k++) seen[to++] = hidden[from++]!
  }
}

/** The next cell state and twice of it; the content, in `gates`, becomes a tanh. */
function advance(
  gates: Float32Array,
  cell: Float32Array,
  next: Float32Array,
  twice: Float32Array,
  width: number,
  enhancement: Enhancement,
): void {
  const lift = enhancement === 'rlstm'
  for (let at = 0, row = 0; at < cell.length; row += 4 * width) {
    for (let k = row; k < row + width; k++, at++) {
      let kept = gates[k]! * cell[at]!
      if (lift) kept = kept > 1 ? 1 : kept < -1 ? -1 : kept * (2 - Math.abs(kept))
      const content = 2 * gates[k + 3 * width]! - 1
      gates[k + 3 * width] = content
      const value = kept + gates[k + width]! * content
      next[at] = value
      twice[at] = 2 * value
    }
  }
}

/** h = o ⊙ tanh(c); `squashed` becomes the tanh. */
function emit(gates: Float32Array, squashed: Float32Array, hidden: Float32Array, width: number): void {
  for (let at = 0, row = 2 * width; at < hidden.length; row += 4 * width) {
    for (let k = row; k < row + width; k++, at++) {
      const value = 2 * squashed[at]! - 1
      squashed[at] = value
      hidden[at] = gates[k]! * value
    }
  }
}

/** The gradient of the gates' drive; `dCell` becomes that of the cell state before. */
function retreat(
  step: { gates: Float32Array; cell: Float32Array; squashed: Float32Array; dHidden: Float32Array },
  dCell: Float32Array,
  drive: Float32Array,
  width: number,
  enhancement: Enhancement,
): void {
  const { gates, cell, squashed, dHidden } = step
  const lift = enhancement === 'rlstm'
  for (let at = 0, row = 0; at < cell.length; row += 4 * width) {
    for (let k = row; k < row + width; k++, at++) {
      const forget = gates[k]!
      const input = gates[k + width]!
      const output = gates[k + 2 * width]!
      const content = gates[k + 3 * width]!
      const before = cell[at]!
      const tanh = squashed[at]!
      const dNext = dCell[at]! + dHidden[at]! * output * (1 - tanh * tanh)
      // The slope of x(2 − |x|): it reaches 0 at the bounds, where the clip takes over.
      const dKept = lift ? dNext * 2 * Math.max(0, 1 - Math.abs(forget * before)) : dNext
      drive[k] = dKept * before * forget * (1 - forget)
      drive[k + width] = dNext * content * input * (1 - input)
      drive[k + 2 * width] = dHidden[at]! * tanh * output * (1 - output)
      drive[k + 3 * width] = dNext * input * (1 - content * content)
      dCell[at] = dKept * forget
    }
  }
}

function accumulate(total: Float32Array, part: Float32Array): void {
  for (let k = 0; k < total.length; k++) total[k]! += part[k]!
}
